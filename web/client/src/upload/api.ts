/**
 * The wire format of the upload API, and a client with retries. Nothing outside this file knows the API.
 */

import { ClientError, isClientError, type Problem } from "../errors.js";
import { type Answer, busy, json, request } from "../net/request.js";
import { type RetryPolicy, retry } from "../net/retry.js";

/** The states of an upload. */
export type UploadStatus = "PENDING" | "RECEIVED" | "PROCESSING" | "PROCESSED" | "FAILED";

/** An upload, as its owner reads it: `GET /uploads/{upload_id}`. */
export interface UploadDescription {
  readonly upload_id: string;
  readonly status: UploadStatus;
  /** Why it failed. */
  readonly reason?: string;
  readonly filename: string;
  readonly content_type: string;
  /** Bytes; absent if nothing is known of the file. */
  readonly size?: number;
  readonly created_at: string;
  readonly updated_at: string;
  /** Until when a pending upload can be resumed. */
  readonly expires_at?: string;
  /** Where a pending upload comes in parts. */
  readonly multipart?: Multipart;
  /** Presigned URLs, valid for minutes. */
  readonly download?: { readonly original?: string; readonly result?: string };
}

/** Part size and number of parts of an upload. */
export interface Multipart {
  /** Bytes of every part but the last. */
  readonly part_size: number;
  /** Number of parts. */
  readonly parts: number;
}

/** A presigned PUT. */
export interface PutTarget {
  readonly url: string;
  /** Headers that the signature covers. */
  readonly headers: Readonly<Record<string, string>>;
}

/** `POST /uploads` with a size and no content. */
export interface Announcement {
  readonly filename: string;
  readonly content_type: string;
  /** Bytes. */
  readonly size: number;
  /** Hexadecimal; a single PUT is bound to it. */
  readonly sha256?: string;
}

/**
 * Response to an announcement: one presigned PUT, or a multipart plan. Neither, if a repeated announcement finds that
 * the upload has arrived.
 */
export interface Announced {
  readonly upload_id: string;
  readonly status: UploadStatus;
  readonly put?: PutTarget;
  readonly multipart?: Multipart;
}

/** A part for which `POST /uploads/{upload_id}/parts` signs a PUT. */
export interface PartRequest {
  /** From 1. */
  readonly number: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** A signed part. */
export interface SignedPart extends PutTarget {
  readonly number: number;
}

/** A part that has arrived: `GET /uploads/{upload_id}/parts`. */
export interface ArrivedPart extends PartRequest {
  /** Bytes. */
  readonly size: number;
}

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Cursor of the next page; absent on the last one. */
  readonly cursor?: string;
}

/** Returns a valid token. `refused` is a token that the API rejected with 401. */
export type TokenSource = (refused?: string) => Promise<string>;

/** All calls are safe to retry: POST /uploads has an Idempotency-Key, the others are idempotent. */
const CALLS: RetryPolicy = { attempts: 6, base: 500, cap: 15_000, waitsForNetwork: true };

/** The problem of a 429 that the user has to solve, by deleting or finishing uploads. */
const QUOTA_EXCEEDED = "urn:rustlambda:problem:quota-exceeded";

/** A client of the API for one user. */
export class UploadApi {
  readonly #base: string;
  readonly #token: TokenSource;

  constructor(base: string, token: TokenSource) {
    this.#base = base.replace(/\/+$/, "");
    this.#token = token;
  }

  /** Announces an upload, once for each `key`. */
  async announce(announcement: Announcement, key: string, signal?: AbortSignal): Promise<Announced> {
    const headers = { "idempotency-key": key };
    return (await this.#call("POST", "/uploads", { body: announcement, headers, signal })) as unknown as Announced;
  }

  /** Signs PUTs for parts, in the order asked for. */
  async signParts(id: string, parts: readonly PartRequest[], signal?: AbortSignal): Promise<readonly SignedPart[]> {
    const body = await this.#call("POST", `${path(id)}/parts`, { body: { parts }, signal });
    return list<SignedPart>(body, "parts");
  }

  /** Lists all parts that have arrived. */
  async arrivedParts(id: string, signal?: AbortSignal): Promise<readonly ArrivedPart[]> {
    const parts: ArrivedPart[] = [];
    let cursor: string | undefined;
    do {
      const body = await this.#call("GET", `${path(id)}/parts${query({ cursor })}`, { signal });
      parts.push(...list<ArrivedPart>(body, "parts"));
      cursor = cursorOf(body);
    } while (cursor);
    return parts;
  }

  /** Joins the parts. */
  async complete(id: string, signal?: AbortSignal): Promise<void> {
    await this.#call("POST", `${path(id)}/complete`, { signal });
  }

  /** Returns one upload. */
  async get(id: string, signal?: AbortSignal): Promise<UploadDescription> {
    return (await this.#call("GET", path(id), { signal })) as unknown as UploadDescription;
  }

  /** Lists uploads, newest first. */
  async list(filter: { readonly status?: UploadStatus; readonly cursor?: string } = {}): Promise<Page<UploadDescription>> {
    const body = await this.#call("GET", `/uploads${query(filter)}`, {});
    const cursor = cursorOf(body);
    return { items: list<UploadDescription>(body, "uploads"), ...(cursor && { cursor }) };
  }

  /** Deletes original and result, or withdraws an announcement. A missing upload counts as deleted. */
  async delete(id: string): Promise<void> {
    await this.#call("DELETE", path(id), {}).catch((error: unknown) => {
      // The response to a retry after the first response was lost.
      if (!isClientError(error, "problem") || error.details.status !== 404) throw error;
    });
  }

  /** Has a failed upload processed again. */
  async retry(id: string): Promise<void> {
    await this.#call("POST", `${path(id)}/retry`, {});
  }

  #call(method: string, target: string, options: CallOptions): Promise<Record<string, unknown>> {
    return retry(() => this.#once(method, target, options), CALLS, options.signal);
  }

  /** Sends a request, and again with a new token after a 401. */
  async #once(method: string, target: string, options: CallOptions): Promise<Record<string, unknown>> {
    const token = await this.#token();
    let answer = await this.#send(method, target, options, token);
    if (answer.status === 401) answer = await this.#send(method, target, options, await this.#token(token));
    const name = `${method} ${target}`;
    if (answer.status < 300) return json(answer, name);
    const { problem } = problemOf(answer);
    const mayPass = problem?.type !== QUOTA_EXCEEDED;
    throw (mayPass && busy(answer, name, problem && { problem })) || refusal(answer, name);
  }

  #send(method: string, target: string, options: CallOptions, token: string): Promise<Answer> {
    const { body, headers, signal } = options;
    const content = body === undefined ? {} : { "content-type": "application/json" };
    const init = {
      method,
      headers: { ...content, ...headers, authorization: `Bearer ${token}` },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    };
    return request(this.#base + target, init, { signal });
  }
}

interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

function path(id: string): string {
  return `/uploads/${encodeURIComponent(id)}`;
}

function query(parameters: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(parameters).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
}

function cursorOf(body: Record<string, unknown>): string | undefined {
  const cursor = body["next_cursor"];
  return typeof cursor === "string" ? cursor : undefined;
}

function list<T>(body: Record<string, unknown>, name: string): readonly T[] {
  const items = body[name];
  if (Array.isArray(items)) return items as T[];
  throw new ClientError("unexpected-response", `the upload API's answer has no list ${name}`);
}

/** Reads problem details. API Gateway's own errors, such as 401, have no `type`: RFC 9457 defaults it to about:blank. */
function problemOf(answer: Answer): { readonly problem?: Problem } {
  try {
    const body: unknown = JSON.parse(answer.text);
    if (typeof body === "object" && body !== null) return { problem: { type: "about:blank", ...body } };
  } catch {
    // Not JSON, such as the error page of a proxy: the status has to do.
  }
  return {};
}

function refusal(answer: Answer, name: string): ClientError {
  const { problem } = problemOf(answer);
  const why = problem?.detail ?? problem?.title ?? "it gave no reason";
  const details = { status: answer.status, problem: problem ?? { type: "about:blank" } };
  return new ClientError("problem", `${name} answered ${answer.status}: ${why}`, details);
}
