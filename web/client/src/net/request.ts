/** HTTP requests with typed errors. */

import { ClientError, type ErrorDetails } from "../errors.js";

/** Default timeout in milliseconds: just above the 30 s of an integration ("Quotas for HTTP APIs", API Gateway). */
const TIMEOUT = 35_000;

/** Limits of one request. */
export interface Limits {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds. Default: 35 s. */
  readonly timeout?: number;
}

/** A response with its whole body. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/**
 * Sends a request and reads the whole response, whatever its status.
 *
 * Fails with `aborted`, `timeout`, `offline` or `network`.
 */
export async function request(url: string, init: RequestInit, limits: Limits = {}): Promise<Answer> {
  const { signal, timeout = TIMEOUT } = limits;
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), timeout);
  const signals = signal ? [signal, limit.signal] : [limit.signal];
  try {
    // Responses hold tokens and signed URLs, so no cache keeps them. Requests carry a token, so they need no cookies.
    const fixed = { cache: "no-store", credentials: "omit", redirect: "error" } as const;
    const response = await fetch(url, { ...fixed, ...init, signal: AbortSignal.any(signals) });
    return { status: response.status, headers: response.headers, text: await response.text() };
  } catch (cause) {
    throw noAnswer(hostOf(url), cause, signal, limit.signal.aborted);
  } finally {
    clearTimeout(timer);
  }
}

/** Returns the host of `url` for an error message, or `url` itself if it is only a path. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

/** Returns the error for a request to `host` that got no response. */
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

/** Reads a JSON object. Fails with `unexpected-response` for anything else. */
export function json(answer: Answer, from: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(answer.text || "{}");
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // Reported below, like every other body that is not an object.
  }
  throw new ClientError("unexpected-response", `${from} answered ${answer.status} without a JSON object`, {
    status: answer.status,
  });
}

/** Returns the error for a 429 or 5xx response: the same request may succeed later. */
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
