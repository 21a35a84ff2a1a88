/** What Node lacks of a browser, as far as the library uses it. */

import { vi } from "vitest";

/** A Storage in memory. */
export class FakeStorage implements Storage {
  readonly #items = new Map<string, string>();
  /** Set, it refuses to store anything, as a full one does. */
  full = false;

  get length(): number {
    return this.#items.size;
  }
  clear(): void {
    this.#items.clear();
  }
  getItem(key: string): string | null {
    return this.#items.get(key) ?? null;
  }
  key(index: number): string | null {
    return [...this.#items.keys()][index] ?? null;
  }
  removeItem(key: string): void {
    this.#items.delete(key);
  }
  setItem(key: string, value: string): void {
    if (this.full) throw new DOMException("full", "QuotaExceededError");
    this.#items.set(key, value);
  }
}

/** A window's events, whether it is online, and its locks. */
export interface FakeWindow {
  readonly events: EventTarget;
  online(is: boolean): void;
}

/** Makes globals of them. */
export function fakeWindow(): FakeWindow {
  const events = new EventTarget();
  const navigator = { onLine: true, locks: globalThis.navigator.locks };
  vi.stubGlobal("navigator", navigator);
  vi.stubGlobal("addEventListener", events.addEventListener.bind(events));
  vi.stubGlobal("removeEventListener", events.removeEventListener.bind(events));
  return {
    events,
    online(is) {
      navigator.onLine = is;
      events.dispatchEvent(new Event(is ? "online" : "offline"));
    },
  };
}

/** Returns a promise's error; fails when there is none. */
export async function failure(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("it succeeded");
}
