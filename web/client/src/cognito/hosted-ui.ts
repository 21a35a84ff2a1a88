/** Sign-in at the hosted UI: authorization code with PKCE (RFC 6749, RFC 7636; OpenID Connect's nonce). */

import { sha256 } from "../crypto.js";
import { toBase64Url, utf8 } from "../encoding.js";
import { ClientError } from "../errors.js";
import { json, request } from "../net/request.js";
import { claims, type Tokens, tokensOf } from "./tokens.js";

/** The hosted UI of the pool. */
export interface HostedUi {
  /** Such as `https://photos.auth.eu-west-1.amazoncognito.com`. */
  readonly domain: string;
  /** Where it sends the user back: one of the app client's callback URLs, exactly. */
  readonly redirectUri: string;
  /** `openid` must be among them. Default: `openid email profile`. */
  readonly scopes?: readonly string[];
}

/** What must survive until the user comes back. */
interface Pending {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** Key in sessionStorage. */
const KEY = "rustlambda.hosted-ui";

/** Returns the URL of the sign-in page, and stores state, nonce and verifier in this tab. */
export async function begin(ui: HostedUi, clientId: string): Promise<string> {
  // 32 bytes each: RFC 7636, section 7.1.
  const pending: Pending = { state: secret(), nonce: secret(), verifier: secret() };
  const challenge = await sha256(utf8(pending.verifier));
  sessionStorage.setItem(KEY, JSON.stringify(pending));
  return address(ui, "/oauth2/authorize", {
    response_type: "code",
    client_id: clientId,
    redirect_uri: ui.redirectUri,
    scope: (ui.scopes ?? ["openid", "email", "profile"]).join(" "),
    state: pending.state,
    nonce: pending.nonce,
    code_challenge_method: "S256",
    code_challenge: toBase64Url(challenge),
  });
}

/**
 * Redeems the code in `url`, the redirect back from the hosted UI.
 *
 * Fails with `state-mismatch` when this tab did not ask for it, and with `hosted-ui` when the hosted UI refused.
 */
export async function finish(ui: HostedUi, clientId: string, url: string): Promise<Tokens> {
  const parameters = new URL(url).searchParams;
  const pending = JSON.parse(sessionStorage.getItem(KEY) ?? "{}") as Partial<Pending>;
  const { state, nonce, verifier } = pending;
  if (!state || !nonce || !verifier || parameters.get("state") !== state) {
    throw new ClientError("state-mismatch", "this tab did not begin the sign-in of this address; begin it again");
  }
  // The code works once, so the verifier is removed before it is redeemed.
  sessionStorage.removeItem(KEY);
  const code = parameters.get("code");
  if (!code) throw refused(parameters.get("error"), parameters.get("error_description"));
  const tokens = await redeem(ui, clientId, code, verifier);
  if (claims(tokens.id)["nonce"] !== nonce) {
    throw new ClientError("state-mismatch", "the id token belongs to another sign-in; begin it again");
  }
  return tokens;
}

/** Returns the URL that ends the hosted UI's own session and redirects to `logoutUri`. */
export function logoutUrl(ui: HostedUi, clientId: string, logoutUri: string): string {
  return address(ui, "/logout", { client_id: clientId, logout_uri: logoutUri });
}

async function redeem(ui: HostedUi, clientId: string, code: string, verifier: string): Promise<Tokens> {
  const form = {
    grant_type: "authorization_code",
    client_id: clientId,
    redirect_uri: ui.redirectUri,
    code,
    code_verifier: verifier,
  };
  const answer = await request(address(ui, "/oauth2/token", {}), { method: "POST", body: new URLSearchParams(form) });
  const body = json(answer, "the hosted UI's token endpoint");
  if (answer.status !== 200) throw refused(body["error"], body["error_description"]);
  return tokensOf({
    AccessToken: body["access_token"],
    IdToken: body["id_token"],
    RefreshToken: body["refresh_token"],
    ExpiresIn: body["expires_in"],
  });
}

function address(ui: HostedUi, path: string, parameters: Record<string, string>): string {
  const url = new URL(path, ui.domain);
  url.search = new URLSearchParams(parameters).toString();
  return url.href;
}

function secret(): string {
  return toBase64Url(crypto.getRandomValues(new Uint8Array(32)));
}

function refused(error: unknown, description: unknown): ClientError {
  const why = [error, description].filter((text) => typeof text === "string").join(": ");
  return new ClientError("hosted-ui", `the hosted UI refused the sign-in: ${why || "it gave no reason"}`, {
    ...(typeof error === "string" && { service: error }),
  });
}
