/**
 * The client's half of SRP-6a as Cognito speaks it, on BigInt and WebCrypto: the password never leaves the browser.
 *
 * No library fits: amazon-cognito-identity-js is in maintenance and heavier than this whole package, and
 * cognito-srp-helper pulls in the AWS SDK and crypto-js. The tests compare with vectors computed by AWS's own library.
 * BigInt arithmetic is not constant-time, as in those libraries: only a script in the same page could measure it, and
 * that script could read the password anyway.
 */

import { sha256 } from "../crypto.js";
import { type Bytes, concat, fromBase64, fromHex, toBase64, toHex, utf8 } from "../encoding.js";
import { ClientError } from "../errors.js";

/** The 3072-bit prime of RFC 5054, appendix A. */
export const PRIME = BigInt(
  "0xFFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B" +
    "302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE6" +
    "49286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB9ED529077096966D" +
    "670C354E4ABC9804F1746C08CA18217C32905E462E36CE3BE39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF695581718" +
    "3995497CEA956AE515D2261898FA051015728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7D" +
    "B3970F85A6E1E4C7ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C" +
    "BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
);

/** Cognito's generator. RFC 5054 has 5 for this prime. */
const GENERATOR = 2n;

/** Bytes of the secret exponent: at least 256 bits (RFC 5054, section 2.5.4). */
const SECRET_BYTES = 32;

/** Parameters of Cognito's PASSWORD_VERIFIER challenge. */
export interface PasswordChallenge {
  /** The user's id in the pool, which may differ from what was typed. */
  readonly userId: string;
  /** Hexadecimal. */
  readonly salt: string;
  /** Cognito's public value, hexadecimal. */
  readonly publicB: string;
  /** Base64. */
  readonly secretBlock: string;
}

/** The client's side of one sign-in. */
export class SrpClient {
  readonly #secret: bigint;
  readonly #public: bigint;

  /** Draws a secret, unless a test gives one. */
  constructor(secret: Bytes = crypto.getRandomValues(new Uint8Array(SECRET_BYTES))) {
    this.#secret = integer(secret);
    this.#public = power(GENERATOR, this.#secret);
  }

  /** The public value A, hexadecimal. */
  get publicA(): string {
    return this.#public.toString(16);
  }

  /**
   * Returns PASSWORD_CLAIM_SIGNATURE: the proof, in base64, of knowing the password.
   *
   * Fails for unsafe server values: B = 0 modulo the prime, or u = 0 ("SRP Protocol Design", srp.stanford.edu).
   */
  async sign(poolId: string, password: string, challenge: PasswordChallenge, timestamp: string): Promise<string> {
    const { userId, salt, secretBlock } = challenge;
    const poolName = poolId.slice(poolId.indexOf("_") + 1);
    const publicB = BigInt(`0x${challenge.publicB}`);
    const scramble = await sha256(padded(this.#public), padded(publicB));
    if (publicB % PRIME === 0n || integer(scramble) === 0n) {
      throw new ClientError("unexpected-response", "Cognito's SRP values are not safe to answer; do not sign in here");
    }
    const identity = await sha256(utf8(`${poolName}${userId}:${password}`));
    const x = integer(await sha256(padded(BigInt(`0x${salt}`)), identity));
    const multiplier = integer(await sha256(padded(PRIME), padded(GENERATOR)));
    const base = publicB - multiplier * power(GENERATOR, x);
    const shared = power(base, this.#secret + integer(scramble) * x);
    const key = await sessionKey(padded(shared), padded(integer(scramble)));
    const message = concat(utf8(poolName + userId), fromBase64(secretBlock), utf8(timestamp));
    return toBase64(new Uint8Array(await crypto.subtle.sign("HMAC", key, message)));
  }
}

/** Writes a time as Cognito wants it: `Sat Nov 1 09:05:07 UTC 2025`. */
export function srpTimestamp(milliseconds: number): string {
  // "Sat, 01 Nov 2025 09:05:07 GMT", in English everywhere (ECMA-262, Date.prototype.toUTCString).
  const [weekday, day, month, year, time] = new Date(milliseconds).toUTCString().split(/,? /);
  return `${weekday} ${month} ${Number(day)} ${time} UTC ${year}`;
}

/** HKDF (RFC 5869) to the 16 bytes that Cognito signs with. */
async function sessionKey(shared: Bytes, salt: Bytes): Promise<CryptoKey> {
  const { subtle } = crypto;
  const material = await subtle.importKey("raw", shared, "HKDF", false, ["deriveBits"]);
  const parameters = { name: "HKDF", hash: "SHA-256", salt, info: utf8("Caldera Derived Key") };
  const bits = await subtle.deriveBits(parameters, material, 128);
  return subtle.importKey("raw", bits, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
}

function integer(bytes: Bytes): bigint {
  return BigInt(`0x${toHex(bytes)}`);
}

/** The fewest bytes of an integer in two's complement, as Java's BigInteger.toByteArray writes it for Cognito. */
function padded(value: bigint): Bytes {
  const digits = value.toString(16);
  const even = digits.length % 2 === 0 ? digits : `0${digits}`;
  return fromHex(/^[89a-f]/.test(even) ? `00${even}` : even);
}

/** Returns `base` to the power of `exponent`, modulo the prime. */
function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = ((base % PRIME) + PRIME) % PRIME;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % PRIME;
    square = (square * square) % PRIME;
  }
  return result;
}
