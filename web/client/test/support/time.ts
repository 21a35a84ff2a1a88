/** Time that passes as fast as the code under test waits for it. */

import { setImmediate } from "node:timers/promises";
import { vi } from "vitest";

/** Replaces timers and the clock; what WebCrypto and streams do takes the time that it takes. */
export function fakeTime(): void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], now: Date.UTC(2026, 10, 1) });
}

/** Lets time pass until `promise` has settled, and returns what it settled to. */
export async function elapse<T>(promise: Promise<T>): Promise<T> {
  let settled = false;
  const watched = promise.finally(() => {
    settled = true;
  });
  watched.catch(() => {});
  while (!settled) {
    await setImmediate();
    await vi.advanceTimersByTimeAsync(50);
  }
  return watched;
}

/** Lets time pass, a millisecond at a time, until `condition` holds. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) {
    await setImmediate();
    await vi.advanceTimersByTimeAsync(1);
  }
}

/** Lets this much time pass. */
export async function pass(milliseconds: number): Promise<void> {
  await setImmediate();
  await vi.advanceTimersByTimeAsync(milliseconds);
  await setImmediate();
}
