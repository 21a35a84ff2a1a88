/** What tests do beside the client library where it runs on an embedded AWS. */

import { createHmac } from "node:crypto";

/** Reads the code of the newest e-mail to an address, which the embedded AWS keeps instead of sending. */
export async function mailedCode(endpoint: string, email: string): Promise<string> {
  const response = await fetch(`${endpoint}/_ministack/ses/messages`);
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
