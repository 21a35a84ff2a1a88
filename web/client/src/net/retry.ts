/** Repeats what failed for a passing reason. */

import { type ClientError, isClientError } from "../errors.js";
import { aborted, isOffline } from "./request.js";

/** How often and how fast to repeat. */
export interface RetryPolicy {
  /** Most attempts, the first one included. */
  readonly attempts: number;
  /** Milliseconds that the first pause is at most. */
  readonly base: number;
  /** Milliseconds that any pause is at most, unless the service asks for more. */
  readonly cap: number;
  /** Whether to wait for the network while the device is offline, without counting attempts. */
  readonly waitsForNetwork: boolean;
}

/** Longest `Retry-After` that is obeyed, in milliseconds; whoever asks for more gets an error instead. */
const LONGEST_WAIT = 120_000;

/** Runs `work` until it succeeds, fails for good, or the attempts are used up. */
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

/** Waits for `begin`'s callback or for `signal`, and undoes what `begin` did. */
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
