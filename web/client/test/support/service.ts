/** The upload API with its S3, in memory, reached by fetch and XMLHttpRequest; it can be told to misbehave. */

import { createHash } from "node:crypto";
import { vi } from "vitest";
import type { Multipart, UploadStatus } from "../../src/upload/api.js";

export const API = "https://api.example.com";
const S3 = "https://bucket.s3.example.com";

/** Bytes above which an upload comes in parts, and bytes of a part: small, so that tests are quick. */
export const WHOLE_LIMIT = 1_000;
export const PART_SIZE = 500;

/** How a request is answered instead: with a status, an S3 error code or a problem, or not at all. */
export type Fault = { readonly status: number; readonly code?: string; readonly problem?: object; readonly retryAfter?: number } | "lost" | "cut";

interface Stored {
  readonly upload_id: string;
  readonly filename: string;
  readonly content_type: string;
  readonly size: number;
  readonly sha256: string | undefined;
  readonly multipart: Multipart | undefined;
  status: UploadStatus;
  reason?: string;
  readonly parts: Map<number, Buffer>;
}

interface Request {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: Buffer;
}

/** One service. */
export class FakeService {
  /** Every request, as `POST /uploads`. */
  readonly log: string[] = [];
  readonly uploads = new Map<string, Stored>();
  /** Tokens that the API takes. */
  readonly tokens = new Set(["good"]);
  /** Decides before each request whether it goes wrong; "lost" loses the answer, "cut" the request. */
  fault: (request: string, count: number) => Fault | undefined = () => undefined;
  /** How many parts each call asked to sign. */
  readonly signed: number[] = [];
  /** PUTs under way now, and at most. */
  open = 0;
  most = 0;
  /** Whether the time for single PUTs that were announced before is over: none is signed any more. */
  closed = new Set<string>();
  /** Signatures older than this are refused. */
  #signedSince = 0;
  #signatures = 0;
  readonly #announced = new Map<string, string>();

  constructor() {
    vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
      init.signal?.throwIfAborted();
      const body = Buffer.from(typeof init.body === "string" ? init.body : "");
      const answer = this.#answer({ method: init.method ?? "GET", url: new URL(url), headers: new Headers(init.headers), body });
      await new Promise((resolve) => setTimeout(resolve, 5));
      init.signal?.throwIfAborted();
      if (answer === undefined) throw new TypeError("fetch failed");
      return answer;
    });
    const service = this;
    vi.stubGlobal(
      "XMLHttpRequest",
      class extends FakeRequest {
        protected override answer(request: Request): Response | undefined {
          return service.#answer(request);
        }
        protected override begun(by: number): void {
          service.open += by;
          service.most = Math.max(service.most, service.open);
        }
      },
    );
  }

  /** Makes all addresses that were signed so far expire. */
  expireSignatures(): void {
    this.#signedSince = this.#signatures;
  }

  /** The bytes of an upload, joined. */
  content(id: string): string {
    const parts = [...(this.uploads.get(id)?.parts ?? [])].sort(([a], [b]) => a - b);
    return Buffer.concat(parts.map(([, bytes]) => bytes)).toString();
  }

  /** How often something was asked for. */
  count(request: string): number {
    return this.log.filter((entry) => entry === request).length;
  }

  #answer(request: Request): Response | undefined {
    const line = `${request.method} ${request.url.pathname}`;
    this.log.push(line);
    const fault = this.fault(line, this.count(line));
    if (fault === "cut") return undefined;
    if (typeof fault === "object") {
      const headers = fault.retryAfter === undefined ? {} : { "retry-after": String(fault.retryAfter) };
      if (fault.problem) return Response.json(fault.problem, { status: fault.status, headers });
      return new Response(fault.code ? `<Error><Code>${fault.code}</Code></Error>` : "", { status: fault.status, headers });
    }
    const answer = request.url.origin === S3 ? this.#put(request) : this.#api(request);
    return fault === "lost" ? undefined : answer;
  }

  #put({ url, headers, body }: Request): Response {
    const [, id = "", number = "1"] = url.pathname.split("/");
    const upload = this.uploads.get(id);
    if (Number(url.searchParams.get("signature")) <= this.#signedSince) return s3(403, "AccessDenied");
    if (!upload) return s3(404, "NoSuchUpload");
    if (headers.get("x-sha256") !== url.searchParams.get("sha256")) return s3(403, "SignatureDoesNotMatch");
    if (sha256(body) !== headers.get("x-sha256")) return s3(400, "BadDigest");
    // As If-None-Match asks for.
    if (!upload.multipart && upload.parts.size > 0) return s3(412, "PreconditionFailed");
    upload.parts.set(Number(number), body);
    if (!upload.multipart) upload.status = "RECEIVED";
    return new Response("");
  }

  #api({ method, url, headers, body }: Request): Response {
    const token = headers.get("authorization")?.replace("Bearer ", "") ?? "";
    if (!this.tokens.has(token)) return Response.json({ message: "Unauthorized" }, { status: 401 });
    const [, , id, action] = url.pathname.split("/");
    if (!id) return method === "POST" ? this.#announce(headers, JSON.parse(body.toString())) : this.#list(url);
    const upload = this.uploads.get(id);
    if (!upload) return problem(404, "no such upload");
    switch (`${method} ${action ?? ""}`) {
      case "GET ":
        return Response.json(described(upload));
      case "DELETE ":
        this.uploads.delete(id);
        return new Response(null, { status: 204 });
      case "GET parts":
        return arrived(upload, Number(url.searchParams.get("cursor") ?? 0));
      case "POST parts":
        return this.#sign(id, JSON.parse(body.toString()) as { parts: { number: number; sha256: string }[] });
      case "POST complete":
        if (upload.parts.size !== upload.multipart?.parts) return problem(409, "parts are missing");
        upload.status = "RECEIVED";
        return Response.json({});
      default:
        return problem(405, "no such thing");
    }
  }

  #announce(headers: Headers, body: { filename: string; content_type: string; size: number; sha256?: string }): Response {
    const key = headers.get("idempotency-key") ?? "";
    const id = this.#announced.get(key) ?? `upload-${this.uploads.size + 1}-${this.#announced.size}`;
    const parts = Math.ceil(body.size / PART_SIZE);
    const multipart = body.size > WHOLE_LIMIT ? { part_size: PART_SIZE, parts } : undefined;
    if (!multipart && !body.sha256) return problem(400, "sha256 is missing");
    if (!this.#announced.has(key)) {
      this.uploads.set(id, { ...body, sha256: body.sha256, upload_id: id, multipart, status: "PENDING", parts: new Map() });
      this.#announced.set(key, id);
    }
    const status = this.uploads.get(id)?.status;
    const put = { put: this.#signed(id, undefined, body.sha256 ?? "") };
    const awaited = status === "PENDING" && (multipart ? { multipart } : !this.closed.has(id) && put);
    return Response.json({ upload_id: id, status, ...awaited }, { status: 201 });
  }

  #sign(id: string, { parts }: { parts: { number: number; sha256: string }[] }): Response {
    if (parts.length === 0) return problem(400, "parts is empty");
    this.signed.push(parts.length);
    return Response.json({ parts: parts.map(({ number, sha256 }) => ({ number, ...this.#signed(id, number, sha256) })) });
  }

  #signed(id: string, number: number | undefined, sha256: string): object {
    const path = number === undefined ? id : `${id}/${number}`;
    return { url: `${S3}/${path}?signature=${++this.#signatures}&sha256=${sha256}`, headers: { "x-sha256": sha256 } };
  }

  #list(url: URL): Response {
    const status = url.searchParams.get("status");
    const found = [...this.uploads.values()].reverse().filter((upload) => !status || upload.status === status);
    const from = Number(url.searchParams.get("cursor") ?? 0);
    const next = from + 2 < found.length ? { next_cursor: String(from + 2) } : {};
    return Response.json({ uploads: found.slice(from, from + 2).map(described), ...next });
  }
}

function described({ parts: _, sha256: __, multipart, ...upload }: Stored): object {
  const times = { created_at: "2026-11-01T00:00:00Z", updated_at: "2026-11-01T00:00:00Z" };
  return { ...upload, ...times, ...(upload.status === "PENDING" && multipart && { multipart }) };
}

/** Two at a time, so that pages are turned. */
function arrived(upload: Stored, from: number): Response {
  const all = [...upload.parts].map(([number, bytes]) => ({ number, size: bytes.length, sha256: sha256(bytes) }));
  const next = from + 2 < all.length ? { next_cursor: String(from + 2) } : {};
  return Response.json({ parts: all.slice(from, from + 2), ...next });
}

function problem(status: number, detail: string): Response {
  return Response.json({ type: "https://example.com/problem", status, detail }, { status });
}

function s3(status: number, code: string): Response {
  return new Response(`<Error><Code>${code}</Code></Error>`, { status });
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** An XMLHttpRequest as far as a PUT needs it. */
abstract class FakeRequest {
  readonly upload: { onprogress?: (event: { loaded: number }) => void } = {};
  onload?: () => void;
  onerror?: () => void;
  onabort?: () => void;
  status = 0;
  responseText = "";
  #method = "";
  #url = "";
  #done = false;
  readonly #headers = new Headers();

  protected abstract answer(request: Request): Response | undefined;
  protected abstract begun(by: number): void;

  open(method: string, url: string): void {
    this.#method = method;
    this.#url = url;
  }

  setRequestHeader(name: string, value: string): void {
    this.#headers.set(name, value);
  }

  abort(): void {
    if (this.#finish()) this.onabort?.();
  }

  send(blob: Blob): void {
    this.begun(1);
    void this.#send(blob);
  }

  async #send(blob: Blob): Promise<void> {
    const body = Buffer.from(await blob.arrayBuffer());
    for (const loaded of [Math.floor(body.length / 2), body.length]) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      if (this.#done) return;
      this.upload.onprogress?.({ loaded });
    }
    const request = { method: this.#method, url: new URL(this.#url), headers: this.#headers, body };
    const response = this.answer(request);
    this.responseText = (await response?.text()) ?? "";
    this.status = response?.status ?? 0;
    if (!this.#finish()) return;
    if (response) this.onload?.();
    else this.onerror?.();
  }

  #finish(): boolean {
    if (this.#done) return false;
    this.#done = true;
    this.begun(-1);
    return true;
  }
}
