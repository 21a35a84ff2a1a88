/** Tokens, as Cognito issues them. */

import { fromBase64Url } from "../encoding.js";
import { ClientError } from "../errors.js";

/** The tokens of one signed-in user. */
export interface Tokens {
  readonly access: string;
  readonly id: string;
  readonly refresh: string;
  /** When the access token ends by this device's clock, in milliseconds since 1970. */
  readonly expires: number;
}

/** What an id token says of the user. For display: only the API checks its signature. */
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
 * Reads an AuthenticationResult. Without refresh token rotation a refresh returns none, and `refresh` goes on.
 *
 * Counts the lifetime from now rather than reading `exp`, so that a wrong clock on this device does no harm.
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
  throw new ClientError("unexpected-answer", "Cognito did not return all of access, id and refresh token");
}

/** Reads the claims of a JWT without checking its signature. */
export function claims(token: string): User {
  try {
    const text = new TextDecoder().decode(fromBase64Url(token.split(".")[1] ?? ""));
    return JSON.parse(text) as User;
  } catch (cause) {
    throw new ClientError("unexpected-answer", "Cognito returned a token that is not a JWT", { cause });
  }
}
