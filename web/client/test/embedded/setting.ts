/** What tests/web_client.rs has set up: an embedded AWS with a pool of modules/user-pool. */

import { createHmac } from "node:crypto";
import { Auth, type AuthOptions } from "../../src/index.js";

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

/** Reads the code of the newest e-mail to an address, which the embedded AWS keeps instead of sending. */
export async function mailedCode(email: string): Promise<string> {
  const response = await fetch(`${ENDPOINT}/_ministack/ses/messages`);
  const box = (await response.json()) as { messages: Record<string, { To: string[]; BodyText: string }[]> };
  const message = Object.values(box.messages)
    .flat()
    .findLast(({ To }) => To.includes(email));
  const code = /\b\d{6}\b/.exec(message?.BodyText ?? "")?.[0];
  if (code) return code;
  throw new Error(`no code was mailed to ${email}`);
}

/** Returns what an authenticator app shows now (RFC 6238). */
export function totp(secret: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const mac = createHmac("sha1", key).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 15;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}
