/** The parts of a multipart upload: which are missing, and signed PUTs for them. */

import { ClientError } from "../errors.js";
import { aborted } from "../net/request.js";
import type { ArrivedPart, Multipart, PartRequest, SignedPart, UploadApi } from "./api.js";
import type { Hasher } from "./hash.js";

/** A file cut into parts, with the hashes computed so far. */
export class Parts {
  readonly #file: Blob;
  readonly #hash: Hasher;
  readonly #partSize: number;
  readonly #hashes = new Map<number, Promise<string>>();
  /** Number of parts. */
  readonly count: number;

  /** Fails when the API's plan does not cover the file exactly. */
  constructor(file: Blob, plan: Multipart, hash: Hasher) {
    this.#file = file;
    this.#hash = hash;
    this.#partSize = plan.part_size;
    this.count = plan.parts;
    if (!(plan.part_size > 0) || Math.ceil(file.size / plan.part_size) !== plan.parts) {
      throw new ClientError(
        "unexpected-response",
        `the API cuts ${file.size} bytes into ${plan.parts} parts of ${plan.part_size}`,
      );
    }
  }

  /** Returns the bytes of a part; the first is number 1. */
  slice(number: number): Blob {
    return this.#file.slice((number - 1) * this.#partSize, Math.min(number * this.#partSize, this.#file.size));
  }

  /** Returns a part's SHA-256, computed once. */
  hash(number: number): Promise<string> {
    const known = this.#hashes.get(number);
    if (known) return known;
    const hash = this.#hash(this.slice(number));
    this.#hashes.set(number, hash);
    hash.catch(() => this.#hashes.delete(number));
    return hash;
  }

  /**
   * Returns the numbers of the parts that have not arrived.
   *
   * Fails with `different-file` when one that has arrived is not of this file.
   */
  async missing(arrived: readonly ArrivedPart[], signal: AbortSignal): Promise<number[]> {
    const missing = new Set(Array.from({ length: this.count }, (_, index) => index + 1));
    for (const part of arrived) {
      if (signal.aborted) throw aborted(signal);
      const same = part.size === this.slice(part.number).size && part.sha256 === (await this.hash(part.number));
      if (!same) throw differentFile(`part ${part.number} that has arrived holds other bytes`);
      missing.delete(part.number);
    }
    return [...missing];
  }

  /** Yields signed PUTs for `numbers`; signs `page` of them at a time, one page ahead, and half a page at first. */
  async *signed(
    api: UploadApi,
    id: string,
    numbers: readonly number[],
    page: number,
    signal: AbortSignal,
  ): AsyncGenerator<SignedPart> {
    let ahead: Promise<readonly SignedPart[]> | undefined;
    let from = 0;
    do {
      const parts = await ahead;
      // Nothing can be sent before the first page is hashed, so that one is small.
      const next = numbers.slice(from, from + (from === 0 ? Math.ceil(page / 2) : page));
      from += next.length;
      ahead = next.length > 0 ? this.sign(api, id, next, signal) : undefined;
      // Rejects again where the page is awaited, which may never happen when another part fails first.
      ahead?.catch(() => {});
      if (parts) yield* parts;
    } while (ahead);
  }

  /** Hashes these parts one by one, to hold only one in memory, and signs PUTs for them. */
  async sign(api: UploadApi, id: string, numbers: readonly number[], signal: AbortSignal): Promise<readonly SignedPart[]> {
    const hashed: PartRequest[] = [];
    for (const number of numbers) {
      if (signal.aborted) throw aborted(signal);
      hashed.push({ number, sha256: await this.hash(number) });
    }
    const signed = await api.signParts(id, hashed, signal);
    const isForAll = signed.length === numbers.length && signed.every((part) => numbers.includes(part.number));
    if (isForAll) return signed;
    throw new ClientError("unexpected-response", `the API did not sign exactly the parts ${numbers.join(", ")}`);
  }
}

/** Returns the error of going on with another file. */
export function differentFile(why: string): ClientError {
  return new ClientError("different-file", `this is not the file that the upload began with: ${why}`);
}
