/**
 * The upload API and its S3 in memory, shared by all users. A file called `bad…` fails, `full…` is refused by the
 * quota, and others are processed after some seconds.
 */

import { randomUUID } from "node:crypto";

interface Stored {
  readonly id: string;
  readonly filename: string;
  readonly content_type: string;
  readonly size: number;
  readonly created: number;
  readonly multipart: { readonly part_size: number; readonly parts: number } | undefined;
  /** Bodies of parts by number; of small ones only, the others are counted. */
  readonly parts: Map<number, { readonly size: number; readonly sha256: string; readonly bytes: Buffer }>;
  /** When the last byte came. */
  received: number | undefined;
}

/** An answer of the API. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

const MIB = 1024 * 1024;
const WHOLE = 16 * MIB;
const PART = 8 * MIB;
const PAGE = 8;

/** Milliseconds after the arrival at which processing begins, and ends. */
const BEGINS = 1_500;
const ENDS = 4_000;

const stored = new Map<string, Stored>();

/** Answers a call of the API. */
export function api(method: string, url: URL, body: Record<string, unknown>): Answer {
  const [, , id = "", action = ""] = url.pathname.split("/");
  if (id === "") return method === "POST" ? announce(body) : list(url);
  const upload = stored.get(id);
  if (!upload) return problem(404, "not-found");
  switch (`${method} ${action}`) {
    case "GET ":
      return { status: 200, body: described(upload, true) };
    case "DELETE ":
      stored.delete(id);
      return { status: 204 };
    case "GET parts":
      return { status: 200, body: { parts: [...upload.parts].map(([number, { size, sha256 }]) => ({ number, size, sha256 })) } };
    case "POST parts":
      return { status: 200, body: { parts: (body["parts"] as { number: number; sha256: string }[]).map((part) => signed(id, part)) } };
    case "POST complete":
      if (upload.parts.size < (upload.multipart?.parts ?? 1)) return problem(409, "parts-missing", { missing: [1] });
      upload.received ??= Date.now();
      return { status: 200, body: described(upload, false) };
    case "POST retry":
      upload.received = Date.now();
      return { status: 202, body: described(upload, false) };
    default:
      return problem(405, "method-not-allowed");
  }
}

/** Takes the bytes of a part, or of a whole file. */
export function put(url: URL, bytes: Buffer): void {
  const [, , id = "", number = "1"] = url.pathname.split("/");
  const upload = stored.get(id);
  if (!upload) return;
  upload.parts.set(Number(number), { size: bytes.length, sha256: url.searchParams.get("sha256") ?? "", bytes });
  if (!upload.multipart) upload.received = Date.now();
}

/** Returns what a download URL leads to. */
export function content(url: URL): { readonly type: string; readonly bytes: Buffer } | undefined {
  const [, , id = "", what] = url.pathname.split("/");
  const upload = stored.get(id);
  if (!upload) return undefined;
  const bytes = Buffer.concat([...upload.parts].sort(([a], [b]) => a - b).map(([, part]) => part.bytes));
  if (what === "original") return { type: upload.content_type, bytes };
  const result = upload.content_type.startsWith("text/") ? Buffer.from(bytes.toString().toUpperCase()) : bytes;
  return { type: upload.content_type, bytes: result };
}

function announce(body: Record<string, unknown>): Answer {
  const { filename, content_type, size } = body as unknown as Stored;
  if (filename.startsWith("full")) return problem(429, "quota-exceeded", { quota: "bytes", limit: 5_000_000_000 });
  const multipart = size > WHOLE ? { part_size: PART, parts: Math.ceil(size / PART) } : undefined;
  const id = randomUUID();
  stored.set(id, { id, filename, content_type, size, created: Date.now(), multipart, parts: new Map(), received: undefined });
  return { status: 201, body: { upload_id: id, ...(multipart ? { multipart } : { put: { url: address(`/s3/${id}/1`), headers: {} } }) } };
}

function list(url: URL): Answer {
  const status = url.searchParams.get("status");
  const from = Number(url.searchParams.get("cursor") ?? 0);
  const all = [...stored.values()].reverse().map((upload) => described(upload, false));
  const found = all.filter((upload) => status === null || upload.status === status);
  const next = from + PAGE < found.length ? { next_cursor: String(from + PAGE) } : {};
  return { status: 200, body: { uploads: found.slice(from, from + PAGE), ...next } };
}

function described(upload: Stored, one: boolean) {
  const { id, filename, content_type, size, created, multipart, received } = upload;
  const status = statusOf(upload);
  const links = status === "PROCESSED" ? { original: address(`/s3/${id}/original`), result: address(`/s3/${id}/result`) } : { original: address(`/s3/${id}/original`) };
  return {
    upload_id: id,
    filename,
    content_type,
    size,
    status,
    created_at: new Date(created).toISOString(),
    updated_at: new Date(received ?? created).toISOString(),
    ...(status === "FAILED" && { reason: "The file is not UTF-8 text: byte 17 begins no character." }),
    ...(status === "PENDING" ? { multipart } : one && { download: links }),
  };
}

function statusOf({ filename, received }: Stored) {
  if (received === undefined) return "PENDING";
  const age = Date.now() - received;
  if (age < BEGINS) return "RECEIVED";
  if (age < ENDS) return "PROCESSING";
  return filename.startsWith("bad") ? "FAILED" : "PROCESSED";
}

function signed(id: string, { number, sha256 }: { readonly number: number; readonly sha256: string }) {
  return { number, url: address(`/s3/${id}/${number}?sha256=${sha256}`), headers: {} };
}

function address(path: string): string {
  return `http://localhost:${process.env["PORT"] ?? "4173"}${path}`;
}

function problem(status: number, name: string, more: object = {}): Answer {
  return { status, body: { type: `urn:rustlambda:problem:${name}`, title: name, status, ...more } };
}
