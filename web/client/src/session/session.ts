/** The session of a signed-in user: storage, refresh and sign-out. */

import { call, type Pool } from "../cognito/protocol.js";
import { claims, type Tokens, tokensOf, type User } from "../cognito/tokens.js";
import { ClientError, isClientError } from "../errors.js";
import { type RetryPolicy, retry } from "../net/retry.js";
import type { TokenStore } from "./store.js";

/** Milliseconds before expiry at which to refresh, so that no token expires on its way to the API. */
const MARGIN = 60_000;

/**
 * After a lost response, Cognito accepts the old refresh token only within the pool's grace period, which
 * modules/user-pool sets to 30 s. The last of these attempts starts before that.
 */
const REFRESH: RetryPolicy = { attempts: 4, base: 500, cap: 4_000, waitsForNetwork: false };
const REFRESH_TIMEOUT = 8_000;

/** Milliseconds to wait for another tab's refresh. */
const LOCK_TIMEOUT = 60_000;

/** The session of one app client in this browser. */
export class Session {
  readonly #pool: Pool;
  readonly #store: TokenStore;
  readonly #listeners = new Set<(user: User | undefined) => void>();
  #refreshing: Promise<Tokens> | undefined;
  /** `sub` of the user that the listeners were last told of. */
  #known: string | undefined;

  constructor(pool: Pool, store: TokenStore) {
    this.#pool = pool;
    this.#store = store;
    this.#known = this.user?.sub;
    store.watch(() => this.#changed());
  }

  /** The signed-in user, or undefined. */
  get user(): User | undefined {
    const tokens = this.#store.load();
    return tokens && claims(tokens.id);
  }

  /** Begins with the tokens of a sign-in. */
  begin(tokens: Tokens): void {
    this.#store.save(tokens);
    this.#changed();
  }

  /** Calls `listener` with the user, or undefined, when that changes. Returns what takes it off again. */
  onChange(listener: (user: User | undefined) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Returns a valid access token, refreshed if needed.
   *
   * `refused` is a token that an API rejected with 401: never returns that one.
   * Fails with `signed-out` when the session has ended. Keeps the session if Cognito cannot be reached.
   */
  async accessToken(refused?: string): Promise<string> {
    const held = this.#held();
    if (isGood(held, refused)) return held.access;
    const refreshed = await this.#refresh(refused);
    return refreshed.access;
  }

  /** Returns the id token, refreshed with the access token. */
  async idToken(): Promise<string> {
    await this.accessToken();
    return this.#held().id;
  }

  /**
   * Ends the session here, then revokes its refresh token, or all of the user's with `everywhere`.
   *
   * Fails if Cognito cannot be reached; removes the tokens from this browser all the same.
   */
  async signOut(everywhere = false): Promise<void> {
    if (everywhere) {
      const access = await this.accessToken().finally(() => this.#end());
      await call(this.#pool, "GlobalSignOut", { AccessToken: access });
      return;
    }
    // Takes no turn: a refresh under way notices that the tokens are gone, and revokes its new one.
    const held = this.#store.load();
    this.#end();
    if (held) await call(this.#pool, "RevokeToken", { ClientId: this.#pool.clientId, Token: held.refresh });
  }

  #held(): Tokens {
    const tokens = this.#store.load();
    if (tokens) return tokens;
    throw new ClientError("signed-out", "nobody is signed in; sign in first");
  }

  /** Shares one refresh among all callers in this tab, and takes turns with other tabs. */
  #refresh(refused: string | undefined): Promise<Tokens> {
    this.#refreshing ??= this.#exclusively(() => this.#rotate(refused)).finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #rotate(refused: string | undefined): Promise<Tokens> {
    // Another tab may have refreshed while this one waited for the lock.
    const held = this.#held();
    if (isGood(held, refused)) return held;
    const fresh = await this.#renew(held.refresh);
    const now = this.#store.load();
    if (now?.refresh !== held.refresh) {
      // A sign-out or sign-in during the refresh wins.
      await call(this.#pool, "RevokeToken", { ClientId: this.#pool.clientId, Token: fresh.refresh }).catch(() => {});
      return this.#held();
    }
    this.#store.save(fresh);
    return fresh;
  }

  async #renew(refresh: string): Promise<Tokens> {
    const body = { ClientId: this.#pool.clientId, RefreshToken: refresh };
    const once = () => call(this.#pool, "GetTokensFromRefreshToken", body, { timeout: REFRESH_TIMEOUT });
    try {
      const answer = await retry(once, REFRESH);
      return tokensOf(answer.body["AuthenticationResult"], refresh);
    } catch (error) {
      if (!isClientError(error, "not-authorized", "signed-out", "user-not-found")) throw error;
      if (this.#store.load()?.refresh === refresh) this.#end();
      throw new ClientError("signed-out", "the session has ended; sign in again", { cause: error });
    }
  }

  #end(): void {
    this.#store.clear();
    this.#changed();
  }

  #changed(): void {
    const { user } = this;
    if (user?.sub === this.#known) return;
    this.#known = user?.sub;
    for (const listener of this.#listeners) {
      try {
        listener(user);
      } catch (error) {
        // A throwing listener must not break a refresh or a sign-out.
        reportError(error);
      }
    }
  }

  /** Runs `work` while no other tab of this origin does. */
  async #exclusively<T>(work: () => Promise<T>): Promise<T> {
    const locks = globalThis.navigator?.locks;
    if (!locks) return work();
    const wait = new AbortController();
    const timer = setTimeout(() => wait.abort(), LOCK_TIMEOUT);
    try {
      return await locks.request(`rustlambda.session.${this.#pool.clientId}`, { signal: wait.signal }, () => {
        clearTimeout(timer);
        return work();
      });
    } catch (cause) {
      if (!wait.signal.aborted) throw cause;
      throw new ClientError("timeout", "another tab is still refreshing the session; try again", { cause });
    } finally {
      clearTimeout(timer);
    }
  }
}

function isGood(tokens: Tokens, refused: string | undefined): boolean {
  return tokens.access !== refused && Date.now() < tokens.expires - MARGIN;
}
