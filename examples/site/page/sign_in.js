// Sign-in at the hosted UI by authorization code with PKCE (RFC 7636). The tokens stay in memory: a reload signs in anew.

const VERIFIER = "verifier";
const STATE = "state";

/** The address to which the sign-in returns: the site's own, as the app client knows it. */
const RETURN = `${location.origin}/`;

function base64url(bytes) {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function random() {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

/** Leaves for the hosted UI. */
export async function leave(config) {
  const verifier = random();
  const state = random();
  sessionStorage.setItem(VERIFIER, verifier);
  sessionStorage.setItem(STATE, state);
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  location.assign(`${config.sign_in}/oauth2/authorize?${new URLSearchParams({
    response_type: "code",
    client_id: config.user_pool_client_id,
    redirect_uri: RETURN,
    scope: "openid",
    state,
    code_challenge_method: "S256",
    code_challenge: base64url(new Uint8Array(hash)),
  })}`);
}

/** Returns the access token after a sign-in, or null when there was none. */
export async function arrive(config) {
  const query = new URLSearchParams(location.search);
  if (!query.has("code") && !query.has("error")) {
    return null;
  }
  history.replaceState(null, "", "/"); // The code is good once; nobody need see it.
  const verifier = sessionStorage.getItem(VERIFIER);
  const expected = sessionStorage.getItem(STATE);
  sessionStorage.clear();
  if (query.has("error")) {
    throw new Error(query.get("error_description") ?? query.get("error"));
  }
  if (verifier === null || query.get("state") !== expected) {
    throw new Error("This sign-in was not begun here. Sign in again.");
  }
  const answer = await fetch(`${config.sign_in}/oauth2/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "authorization_code",
      client_id: config.user_pool_client_id,
      redirect_uri: RETURN,
      code: query.get("code"),
      code_verifier: verifier,
    }),
  });
  if (!answer.ok) {
    throw new Error("The sign-in has expired. Sign in again.");
  }
  return (await answer.json()).access_token;
}
