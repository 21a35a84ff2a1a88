/** One upload: announce, send, complete; resumable after any interruption. */

import { ClientError, isClientError } from "../errors.js";
import { type RetryPolicy, retry } from "../net/retry.js";
import type { Announced, Multipart, PutTarget, SignedPart, UploadApi, UploadDescription } from "./api.js";
import type { Hasher } from "./hash.js";
import { differentFile, Parts } from "./parts.js";
import { put } from "./put.js";

/** How far an upload is. */
export interface Progress {
  /** Bytes that have been sent; falls when a part has to be sent again. */
  readonly sent: number;
  /** Bytes of the file. */
  readonly size: number;
}

/** What an upload works with. */
export interface UploadContext {
  readonly api: UploadApi;
  readonly hash: Hasher;
  /** Parts that are sent at once. */
  readonly concurrency: number;
  /** Bytes up to which a file is hashed whole before it is announced. */
  readonly wholeLimit: number;
  readonly onProgress: (progress: Progress) => void;
}

/** Retries more patiently than API calls: a part is large, and the network fails more often than S3. */
const PUTS: RetryPolicy = { attempts: 8, base: 1_000, cap: 30_000, waitsForNetwork: true };

/** An upload of one file. */
export class Upload {
  readonly file: File;
  readonly #context: UploadContext;
  /** Idempotency-Key of the announcement. */
  #key = crypto.randomUUID();
  #id: string | undefined;
  #parts: Parts | undefined;
  #running: AbortController | undefined;
  readonly #sent = new Map<number, number>();

  /** Prepares an upload of `file`, or resumes the upload `id`. */
  constructor(file: File, context: UploadContext, id?: string) {
    this.file = file;
    this.#context = context;
    this.#id = id;
  }

  /** The id, once the upload is announced. */
  get id(): string | undefined {
    return this.#id;
  }

  /** Bytes sent. */
  get progress(): Progress {
    let sent = 0;
    for (const bytes of this.#sent.values()) sent += bytes;
    return { sent: Math.min(sent, this.file.size), size: this.file.size };
  }

  /**
   * Sends what has not arrived yet, and returns the upload as the API describes it then.
   *
   * Fails with a ClientError. Call `run` again to resume from what has arrived.
   */
  async run(): Promise<UploadDescription> {
    if (this.#running) throw new ClientError("invalid-parameter", "this upload is running already");
    const running = new AbortController();
    this.#running = running;
    try {
      return await this.#send(running.signal);
    } catch (error) {
      // Stops the other parts after the first failure.
      running.abort(error);
      throw error;
    } finally {
      this.#running = undefined;
    }
  }

  /** Stops sending: `run` fails with `paused`, and goes on when it is called again. */
  pause(): void {
    this.#running?.abort(new ClientError("paused", "the upload is paused; run it again to go on"));
  }

  /** Aborts the upload and deletes what has arrived: `run` fails with `aborted`. */
  async abort(): Promise<void> {
    this.#running?.abort(new ClientError("aborted", "the upload was aborted"));
    if (this.#id) await this.#context.api.delete(this.#id);
  }

  async #send(signal: AbortSignal): Promise<UploadDescription> {
    const { api } = this.#context;
    const known = this.#id === undefined ? undefined : await api.get(this.#id, signal);
    if (known) {
      this.#check(known);
      if (known.status !== "PENDING") return ended(known);
    }
    if (known?.multipart) {
      await this.#sendParts(known.upload_id, known.multipart, signal);
      return api.get(known.upload_id, signal);
    }
    if (known) await this.#takeBack(known.upload_id);
    const id = await this.#announceAndSend(signal).catch(async (error: unknown) => {
      // The URL expires while a device sleeps between announcement and PUT; the same key has it signed again.
      if (!isClientError(error, "url-refused")) throw error;
      return this.#announceAndSend(signal);
    });
    return api.get(id, signal);
  }

  /** Withdraws a single PUT whose key is lost, or whose time is over: it cannot be signed again. */
  async #takeBack(id: string): Promise<void> {
    await this.#context.api.delete(id);
    this.#id = undefined;
    this.#key = crypto.randomUUID();
  }

  async #announce(signal: AbortSignal): Promise<Announced> {
    const { name, type, size } = this.file;
    const whole = size <= this.#context.wholeLimit && { sha256: await this.#context.hash(this.file) };
    const content_type = type || "application/octet-stream";
    return this.#context.api.announce({ filename: name, content_type, size, ...whole }, this.#key, signal);
  }

  async #announceAndSend(signal: AbortSignal): Promise<string> {
    const { upload_id: id, status, multipart, put: target } = await this.#announce(signal);
    this.#id = id;
    if (multipart) await this.#sendParts(id, multipart, signal);
    else if (target) await this.#put(1, target, this.file, signal);
    else if (status === "PENDING") return this.#sendAnew(id, signal);
    return id;
  }

  /** Announces once more what was announced so long ago that nothing is signed for it. */
  async #sendAnew(late: string, signal: AbortSignal): Promise<string> {
    await this.#takeBack(late);
    const { upload_id: id, put: target } = await this.#announce(signal);
    this.#id = id;
    if (!target) throw new ClientError("unexpected-response", "the API announced neither a PUT nor parts");
    await this.#put(1, target, this.file, signal);
    return id;
  }

  async #sendParts(id: string, plan: Multipart, signal: AbortSignal): Promise<void> {
    const { api, concurrency } = this.#context;
    this.#parts ??= new Parts(this.file, plan, this.#context.hash);
    const parts = this.#parts;
    const arrived = await api.arrivedParts(id, signal);
    const missing = await parts.missing(arrived, signal);
    this.#sent.clear();
    for (const part of arrived) this.#sent.set(part.number, part.size);
    this.#report();
    const signed = parts.signed(api, id, missing, 2 * concurrency, signal);
    const worker = async (): Promise<void> => {
      for (let next = await signed.next(); !next.done; next = await signed.next()) {
        await this.#sendPart(id, parts, next.value, signal);
      }
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
    await api.complete(id, signal);
  }

  /** Sends a part, and signs it again if its URL has expired, as happens while a device sleeps. */
  async #sendPart(id: string, parts: Parts, part: SignedPart, signal: AbortSignal): Promise<void> {
    const body = parts.slice(part.number);
    try {
      await this.#put(part.number, part, body, signal);
    } catch (error) {
      if (!isClientError(error, "url-refused")) throw error;
      const [again = part] = await parts.sign(this.#context.api, id, [part.number], signal);
      await this.#put(part.number, again, body, signal);
    }
  }

  async #put(number: number, target: PutTarget, body: Blob, signal: AbortSignal): Promise<void> {
    const progress = (sent: number): void => {
      this.#sent.set(number, sent);
      this.#report();
    };
    await retry(() => put(target, body, progress, signal), PUTS, signal);
    progress(body.size);
  }

  #report(): void {
    this.#context.onProgress(this.progress);
  }

  #check(known: UploadDescription): void {
    const { name, size } = this.file;
    if (known.filename !== name) throw differentFile(`that was called ${known.filename}, and this is ${name}`);
    if (known.size !== size) throw differentFile(`that had ${known.size} bytes, and this has ${size}`);
  }
}

/** Returns an upload that has arrived already. Fails for one that has failed. */
function ended(known: UploadDescription): UploadDescription {
  if (known.status !== "FAILED") return known;
  throw new ClientError("upload-ended", `the upload has failed: ${known.reason ?? "no reason given"}`);
}
