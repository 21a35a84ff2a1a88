/** Where tokens are kept. */

import { claims, type Tokens } from "../cognito/tokens.js";

/** The only place that holds the tokens of a session. */
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
  // Tokens that the browser refused to store (quota, policy) live as long as the page.
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
      // Fires in other tabs only; the key is null after Storage.clear().
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
    // Ignores values that other programs stored under this key.
  }
  return undefined;
}
