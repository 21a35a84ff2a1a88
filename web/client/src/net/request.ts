/** HTTP requests whose failures are typed. */

import { ClientError, type ErrorDetails } from "../errors.js";

/** Milliseconds until a request counts as lost: a little over the 30 s that API Gateway allows an integration. */
const TIMEOUT = 35_000;

/** What may end a request before its answer. */
export interface Limits {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds. Default: a little more than the service takes at most. */
  readonly timeout?: number;
}

/** A whole answer. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/**
 * Sends a request and reads the whole answer, whatever its status.
 *
 * Fails with `aborted`, `timeout`, `offline` or `network`.
 */
export async function request(url: string, init: RequestInit, limits: Limits = {}): Promise<Answer> {
  const { signal, timeout = TIMEOUT } = limits;
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), timeout);
  const signals = signal ? [signal, limit.signal] : [limit.signal];
  try {
    // Nothing of this is for a cache, and cookies have no business here.
    const fixed = { cache: "no-store", credentials: "omit", redirect: "error" } as const;
    const response = await fetch(url, { ...fixed, ...init, signal: AbortSignal.any(signals) });
    return { status: response.status, headers: response.headers, text: await response.text() };
  } catch (cause) {
    throw noAnswer(hostOf(url), cause, signal, limit.signal.aborted);
  } finally {
    clearTimeout(timer);
  }
}

/** Returns what to call the server of `url` in an error. A path, on the page's own host, is called by itself. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

/** Returns the error of a request to `host` that got no answer. */
export function noAnswer(host: string, cause: unknown, signal: AbortSignal | undefined, late: boolean): ClientError {
  if (signal?.aborted) return aborted(signal);
  if (late) return new ClientError("timeout", `${host} did not answer in time; try again`, { cause });
  if (isOffline()) return new ClientError("offline", `${host} cannot be reached: this device is offline`, { cause });
  return new ClientError("network", `${host} cannot be reached; check the connection and try again`, { cause });
}

/** Returns the error that `signal` was aborted with. */
export function aborted(signal: AbortSignal): ClientError {
  const reason: unknown = signal.reason;
  if (reason instanceof ClientError) return reason;
  return new ClientError("aborted", "the caller aborted the operation", { cause: reason });
}

/** Tells whether the browser knows that it has no network. */
export function isOffline(): boolean {
  return globalThis.navigator?.onLine === false;
}

/** Reads a JSON object. Fails with `unexpected-answer` for anything else. */
export function json(answer: Answer, from: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(answer.text || "{}");
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // Falls through to the error of every other answer that is not an object.
  }
  throw new ClientError("unexpected-answer", `${from} answered ${answer.status} without a JSON object`, {
    status: answer.status,
  });
}

/** Returns the error of an answer whose status is 429 or 5xx: the same request may succeed later. */
export function busy(answer: Answer, from: string, details: ErrorDetails = {}): ClientError | undefined {
  if (answer.status !== 429 && answer.status < 500) return undefined;
  const code = answer.status === 429 ? "throttled" : "server";
  const retryAfter = Number.parseFloat(answer.headers.get("retry-after") ?? "");
  return new ClientError(code, `${from} answered ${answer.status}; try again later`, {
    ...details,
    status: answer.status,
    ...(Number.isFinite(retryAfter) && { retryAfter: retryAfter * 1000 }),
  });
}
