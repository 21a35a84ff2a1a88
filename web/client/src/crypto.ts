/** WebCrypto, where there is one. */

import { type Bytes, concat } from "./encoding.js";
import { ClientError } from "./errors.js";

/** Returns the SHA-256 of the parts in their order. Fails with `insecure-context` where there is no WebCrypto. */
export async function sha256(...parts: readonly Bytes[]): Promise<Bytes> {
  // `subtle` exists in secure contexts only (Web Cryptography API, the Crypto interface).
  const subtle = globalThis.crypto?.subtle;
  if (!subtle) {
    throw new ClientError("insecure-context", "this page has no WebCrypto: serve it over https or from localhost");
  }
  return new Uint8Array(await subtle.digest("SHA-256", concat(...parts)));
}
