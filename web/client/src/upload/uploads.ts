/** The uploads of the signed-in user. */

import { sleep } from "../net/retry.js";
import { type Page, type TokenSource, UploadApi, type UploadDescription, type UploadStatus } from "./api.js";
import { type Hasher, hashHere, hashIn, packagedWorker } from "./hash.js";
import { type Progress, Upload } from "./upload.js";

/** Where to upload, and how. */
export interface UploadsOptions {
  /** The API's address: the output `api_endpoint`. */
  readonly api: string;
  /** Returns access tokens: `auth.accessToken`. */
  readonly token: TokenSource;
  /** Parts of one file that are sent at once. Default: 4, since browsers open 6 connections to a host over HTTP/1.1. */
  readonly concurrency?: number;
  /** Bytes up to which a file is hashed whole: the deployment's limit for a single PUT. Default: 16 MiB. */
  readonly wholeLimit?: number;
  /**
   * Makes the worker that hashes. Needed under Trusted Types, whose policies are the page's own. Default: the
   * package's `hash-worker.js`; `null` hashes in the page's thread.
   */
  readonly worker?: (() => Worker) | null;
}

/** Choices for one upload. */
export interface UploadOptions {
  readonly onProgress?: (progress: Progress) => void;
}

const MIB = 1024 * 1024;

/** Milliseconds between two looks at an upload: the first, and the longest. */
const FIRST_LOOK = 1_000;
const LONGEST_LOOK = 15_000;

/** Starts, resumes, lists and deletes uploads. */
export class Uploads {
  readonly #options: UploadsOptions;
  readonly #api: UploadApi;
  readonly #hash: Hasher;

  constructor(options: UploadsOptions) {
    this.#options = options;
    this.#api = new UploadApi(options.api, options.token);
    const worker = options.worker === undefined && "Worker" in globalThis ? packagedWorker : options.worker;
    this.#hash = worker ? hashIn(worker) : hashHere;
  }

  /** Prepares an upload of `file`; nothing is sent before its `run()`. */
  create(file: File, options: UploadOptions = {}): Upload {
    return this.#upload(file, options);
  }

  /** Prepares to go on with the upload `id`, after a reload or from another machine. `file` must be the same file. */
  resume(id: string, file: File, options: UploadOptions = {}): Upload {
    return this.#upload(file, options, id);
  }

  /** Returns the newest pending upload of a file with this name and size, for {@link Uploads.resume}. */
  async findPending(file: File): Promise<UploadDescription | undefined> {
    let cursor: string | undefined;
    do {
      const page: Page<UploadDescription> = await this.list({ status: "PENDING", ...(cursor && { cursor }) });
      const found = page.items.find((upload) => upload.filename === file.name && upload.size === file.size);
      if (found) return found;
      cursor = page.cursor;
    } while (cursor);
    return undefined;
  }

  /** Lists uploads, newest first, a page at a time. */
  list(filter: { readonly status?: UploadStatus; readonly cursor?: string } = {}): Promise<Page<UploadDescription>> {
    return this.#api.list(filter);
  }

  /** Returns one upload. */
  get(id: string): Promise<UploadDescription> {
    return this.#api.get(id);
  }

  /** Waits until an upload is PROCESSED or FAILED, and tells `onChange` of every status on the way. */
  async settled(
    id: string,
    onChange: (upload: UploadDescription) => void = () => {},
    signal?: AbortSignal,
  ): Promise<UploadDescription> {
    let last: UploadStatus | undefined;
    for (let pause = FIRST_LOOK; ; pause = Math.min(pause * 1.5, LONGEST_LOOK)) {
      const upload = await this.#api.get(id, signal);
      if (upload.status !== last) onChange(upload);
      last = upload.status;
      if (last === "PROCESSED" || last === "FAILED") return upload;
      await sleep(pause, signal);
    }
  }

  /** Deletes an upload with everything that came of it. */
  delete(id: string): Promise<void> {
    return this.#api.delete(id);
  }

  /** Has a failed upload processed again. */
  retry(id: string): Promise<void> {
    return this.#api.retry(id);
  }

  #upload(file: File, { onProgress = () => {} }: UploadOptions, id?: string): Upload {
    const { concurrency = 4, wholeLimit = 16 * MIB } = this.#options;
    return new Upload(file, { api: this.#api, hash: this.#hash, concurrency, wholeLimit, onProgress }, id);
  }
}
