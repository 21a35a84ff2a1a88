/** Tokens, as Cognito issues them. */

import { fromBase64Url } from "../encoding.js";
import { ClientError } from "../errors.js";

/** The tokens of one signed-in user. */
export interface Tokens {
  readonly access: string;
  readonly id: string;
  readonly refresh: string;
  /** Expiry of the access token by the local clock, in milliseconds since 1970. */
  readonly expires: number;
}

/** Claims of the id token. For display only: nothing here verifies the signature. */
export interface User {
  readonly sub: string;
  readonly email?: string;
  readonly name?: string;
  readonly [claim: string]: unknown;
}

/** A JSON object that may be Cognito's AuthenticationResult. */
interface AuthenticationResult {
  readonly AccessToken?: unknown;
  readonly IdToken?: unknown;
  readonly RefreshToken?: unknown;
  readonly ExpiresIn?: unknown;
}

/**
 * Reads an AuthenticationResult. Without refresh token rotation it has no RefreshToken, and `refresh` is kept.
 *
 * Computes the expiry from ExpiresIn and the local clock instead of reading `exp`, so that a wrong clock does no harm.
 */
export function tokensOf(result: unknown, refresh?: string): Tokens {
  const { AccessToken, IdToken, RefreshToken = refresh, ExpiresIn } = (result ?? {}) as AuthenticationResult;
  if (
    typeof AccessToken === "string" &&
    typeof IdToken === "string" &&
    typeof RefreshToken === "string" &&
    typeof ExpiresIn === "number"
  ) {
    return { access: AccessToken, id: IdToken, refresh: RefreshToken, expires: Date.now() + ExpiresIn * 1000 };
  }
  throw new ClientError("unexpected-response", "Cognito did not return all of access, id and refresh token");
}

/** Reads the claims of a JWT without checking its signature. */
export function claims(token: string): User {
  try {
    const text = new TextDecoder().decode(fromBase64Url(token.split(".")[1] ?? ""));
    return JSON.parse(text) as User;
  } catch (cause) {
    throw new ClientError("unexpected-response", "Cognito returned a token that is not a JWT", { cause });
  }
}
