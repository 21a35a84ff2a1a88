/** What tests/web_client.rs has set up: an embedded AWS with a pool of modules/user-pool. */

import { Auth, type AuthOptions } from "../../src/index.js";
import { mailedCode as codeMailedBy } from "../support/embedded.js";

export { totp } from "../support/embedded.js";

function variable(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new Error(`${name} is not set; run these tests by cargo test --workspace --test web_client`);
}

export const ENDPOINT = variable("EMBEDDED_AWS");
export const PASSWORD = variable("PASSWORD");
export const INVITED = variable("INVITED");
export const OPTIONS: AuthOptions = {
  userPoolId: variable("USER_POOL_ID"),
  clientId: variable("CLIENT_ID"),
  endpoint: `${ENDPOINT}/`,
  hostedUi: { domain: ENDPOINT, redirectUri: variable("CALLBACK") },
};

/** Signs a new user up, confirms the address, and returns it. */
export async function newUser(name: string): Promise<string> {
  const email = `${name}@example.com`;
  const auth = new Auth(OPTIONS);
  await auth.signUp(email, PASSWORD);
  await auth.confirmSignUp(email, await mailedCode(email));
  return email;
}

/** Returns a signed-in client of a new user. */
export async function signedIn(name: string): Promise<Auth> {
  const auth = new Auth(OPTIONS);
  await auth.signIn(await newUser(name), PASSWORD);
  return auth;
}

/** Returns the code of the newest e-mail to an address. */
export function mailedCode(email: string): Promise<string> {
  return codeMailedBy(ENDPOINT, email);
}
