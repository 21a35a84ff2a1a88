/** Where tokens are kept. */

import { claims, type Tokens } from "../cognito/tokens.js";

/** The one place of a session's tokens. */
export interface TokenStore {
  load(): Tokens | undefined;
  save(tokens: Tokens): void;
  clear(): void;
  /** Calls `listener` when another tab has changed what is stored. */
  watch(listener: () => void): void;
}

/** Keeps tokens in memory: gone with the page, and out of reach of other tabs. */
export function memoryStore(): TokenStore {
  let kept: Tokens | undefined;
  return {
    load: () => kept,
    save: (tokens) => void (kept = tokens),
    clear: () => void (kept = undefined),
    watch: () => undefined,
  };
}

/** Keeps tokens in `storage` under `key`, readable by every script of the origin. */
export function webStore(storage: Storage, key: string): TokenStore {
  // What the browser would not store, because it is full or forbids it, lives as long as the page.
  let unstored: Tokens | undefined;
  return {
    load: () => unstored ?? parse(storage.getItem(key)),
    save(tokens) {
      try {
        storage.setItem(key, JSON.stringify(tokens));
        unstored = undefined;
      } catch {
        unstored = tokens;
      }
    },
    clear() {
      unstored = undefined;
      storage.removeItem(key);
    },
    watch(listener) {
      // Comes to the other tabs alone, and with a null key when they cleared everything.
      addEventListener("storage", (event) => {
        if (event.storageArea === storage && (event.key === key || event.key === null)) listener();
      });
    },
  };
}

function parse(text: string | null): Tokens | undefined {
  if (text === null) return undefined;
  try {
    const { access, id, refresh, expires } = JSON.parse(text) as Tokens;
    const areText = [access, id, refresh].every((token) => typeof token === "string");
    if (areText && typeof expires === "number" && claims(id)) return { access, id, refresh, expires };
  } catch {
    // Another program's value under this key is no session.
  }
  return undefined;
}
