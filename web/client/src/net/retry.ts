/** Retries with exponential backoff and full jitter. */

import { type ClientError, isClientError } from "../errors.js";
import { aborted, isOffline } from "./request.js";

/** How often and how fast to retry. */
export interface RetryPolicy {
  /** Maximum number of attempts, including the first. */
  readonly attempts: number;
  /** Upper bound of the first pause, in milliseconds. */
  readonly base: number;
  /** Upper bound of every pause, in milliseconds; `Retry-After` is added to it. */
  readonly cap: number;
  /** Whether to wait for the network while the device is offline, without counting attempts. */
  readonly waitsForNetwork: boolean;
}

/** Longest `Retry-After` to wait for, in milliseconds. A longer one fails at once. */
const LONGEST_WAIT = 120_000;

/** Runs `work` until it succeeds, fails permanently, or uses up its attempts. */
export async function retry<T>(work: () => Promise<T>, policy: RetryPolicy, signal?: AbortSignal): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!isTransient(error) || (error.details.retryAfter ?? 0) > LONGEST_WAIT) throw error;
      if (policy.waitsForNetwork && isOffline()) {
        await networkIsBack(signal);
        attempt = 0;
        continue;
      }
      if (attempt >= policy.attempts) throw error;
      await sleep(pause(attempt, policy, error.details.retryAfter), signal);
    }
  }
}

/** Tells whether the same request may succeed later. */
export function isTransient(error: unknown): error is ClientError {
  return isClientError(error, "offline", "network", "timeout", "throttled", "server");
}

/** Full jitter: see "Exponential Backoff And Jitter", AWS Architecture Blog. */
function pause(attempt: number, policy: RetryPolicy, retryAfter = 0): number {
  return retryAfter + Math.random() * Math.min(policy.cap, policy.base * 2 ** (attempt - 1));
}

/** Waits. Fails when `signal` is aborted. */
export function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return settledBy((done) => {
    const timer = setTimeout(done, milliseconds);
    return () => clearTimeout(timer);
  }, signal);
}

/** Waits until the browser says that it is online. */
function networkIsBack(signal?: AbortSignal): Promise<void> {
  return settledBy((done) => {
    addEventListener("online", done);
    return () => removeEventListener("online", done);
  }, signal);
}

/** Waits for the callback of `begin` or for `signal`, then calls the cleanup that `begin` returned. */
function settledBy(begin: (done: () => void) => () => void, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(aborted(signal));
    const settle = (finish: () => void) => () => {
      undo();
      signal?.removeEventListener("abort", onAbort);
      finish();
    };
    const onAbort = settle(() => reject(signal && aborted(signal)));
    const undo = begin(settle(resolve));
    signal?.addEventListener("abort", onAbort);
  });
}
