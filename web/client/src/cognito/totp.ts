/** Authenticator apps: time-based one-time passwords (RFC 6238). */

import { ClientError } from "../errors.js";
import { call, type Pool } from "./protocol.js";

/** What an authenticator app needs to know. */
export interface TotpSecret {
  /** The shared secret in base32, for typing. */
  readonly secret: string;
  /** The same as an `otpauth:` address, for a QR code. */
  readonly uri: string;
}

/** A secret that the user has not confirmed yet. */
export interface PendingTotp extends TotpSecret {
  /** Checks the first code. Returns the session to go on with, if Cognito gives one. */
  verify(code: string): Promise<unknown>;
}

/** Who asks: an access token, or the session of a sign-in. */
type Proof = { readonly AccessToken: string } | { readonly Session: unknown };

/** Asks Cognito for a new secret. */
export async function associate(pool: Pool, username: string, proof: Proof): Promise<PendingTotp> {
  const { body } = await call(pool, "AssociateSoftwareToken", proof);
  const { SecretCode: secret, Session: session } = body;
  if (typeof secret !== "string") {
    throw new ClientError("unexpected-response", "Cognito's AssociateSoftwareToken returned no SecretCode");
  }
  // A signed-in user proves itself by the access token again; a sign-in goes on with the new session.
  const next = "AccessToken" in proof ? proof : { Session: session };
  return {
    secret,
    uri: otpauth(username, secret),
    verify: async (code) => (await call(pool, "VerifySoftwareToken", { ...next, UserCode: code })).body["Session"],
  };
}

/** Turns the second factor on or off for the user of an access token. */
export async function prefer(pool: Pool, accessToken: string, enabled: boolean): Promise<void> {
  await call(pool, "SetUserMFAPreference", {
    AccessToken: accessToken,
    SoftwareTokenMfaSettings: { Enabled: enabled, PreferredMfa: enabled },
  });
}

/** Tells whether the user of an access token signs in with an authenticator app. */
export async function isPreferred(pool: Pool, accessToken: string): Promise<boolean> {
  const { body } = await call(pool, "GetUser", { AccessToken: accessToken });
  const factors = body["UserMFASettingList"];
  return Array.isArray(factors) && factors.includes("SOFTWARE_TOKEN_MFA");
}

/** Writes the address that authenticator apps read ("Key Uri Format", google-authenticator). */
function otpauth(username: string, secret: string): string {
  const issuer = encodeURIComponent(globalThis.location?.hostname ?? "Cognito");
  return `otpauth://totp/${issuer}:${encodeURIComponent(username)}?secret=${secret}&issuer=${issuer}`;
}
