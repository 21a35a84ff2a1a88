/** Who is signed in, and where the tokens are kept. */

import { Auth, type User } from "@rustlambda/client";
import type { Config } from "./config.ts";

/** Set in the storage of the session while the hosted UI has a session of its own, to be ended with this one. */
const HOSTED = "rustlambda.site.hosted";

/** Set in sessionStorage while the user is at the hosted UI, and wants to stay signed in. */
const KEEP = "rustlambda.site.keep";

/** The session of this page: tokens stay in the tab unless the user asks to be kept signed in. */
export class SiteSession {
  readonly #config: Config;
  readonly #listeners = new Set<(user: User | undefined) => void>();
  #auth: Auth;
  #kept: boolean;
  #unsubscribe: () => void = () => {};

  /** Resumes a session that was kept on the device or in the tab. */
  constructor(config: Config) {
    this.#config = config;
    this.#kept = true;
    this.#auth = this.#open();
    if (!this.#auth.user) this.keep(false);
  }

  get auth(): Auth {
    return this.#auth;
  }

  get user(): User | undefined {
    return this.#auth.user;
  }

  get hasHostedUi(): boolean {
    return this.#config.hostedUi !== undefined;
  }

  /** Returns a valid access token of whoever is signed in. */
  readonly token = (refused?: string): Promise<string> => this.#auth.accessToken(refused);

  /** Calls `listener` when the user changes, also by another tab. */
  onChange(listener: (user: User | undefined) => void): void {
    this.#listeners.add(listener);
  }

  /** Chooses where the next sign-in keeps its tokens: on the device, or in this tab. */
  keep(kept: boolean): void {
    if (kept === this.#kept) return;
    this.#kept = kept;
    this.#auth = this.#open();
  }

  /** Leaves for the hosted UI. */
  async leaveForHostedUi(kept: boolean): Promise<void> {
    const url = await this.#auth.beginHostedUi();
    if (kept) sessionStorage.setItem(KEEP, "1");
    else sessionStorage.removeItem(KEEP);
    location.assign(url);
  }

  /** Signs in with the code in the page's address, and removes the code from it. Does nothing without one. */
  async returnFromHostedUi(): Promise<void> {
    const { href, search } = location;
    const parameters = new URLSearchParams(search);
    if (!this.hasHostedUi || !["code", "error"].some((name) => parameters.has(name))) return;
    history.replaceState(null, "", location.pathname);
    this.keep(sessionStorage.getItem(KEEP) !== null);
    sessionStorage.removeItem(KEEP);
    await this.#auth.finishHostedUi(href);
    this.#flags?.setItem(HOSTED, "1");
  }

  /** Ends the session here, or on all devices. Leaves for the hosted UI if that has a session to end as well. */
  async signOut(everywhere: boolean): Promise<void> {
    const hosted = this.hasHostedUi && this.#flags?.getItem(HOSTED) === "1";
    this.#flags?.removeItem(HOSTED);
    try {
      await this.#auth.signOut({ everywhere });
    } finally {
      if (hosted) location.assign(this.#auth.hostedUiLogoutUrl(`${location.origin}/`));
    }
  }

  /** Where this session's flags are kept; undefined where the browser forbids storage. */
  get #flags(): Storage | undefined {
    try {
      return this.#kept ? localStorage : sessionStorage;
    } catch {
      return undefined;
    }
  }

  #open(): Auth {
    this.#unsubscribe();
    const { userPoolId, clientId, cognito, hostedUi } = this.#config;
    const auth = new Auth({
      userPoolId,
      clientId,
      storage: this.#kept ? "local" : "session",
      ...(cognito && { endpoint: cognito }),
      ...(hostedUi && { hostedUi: { domain: hostedUi, redirectUri: `${location.origin}/` } }),
    });
    this.#unsubscribe = auth.onChange((user) => {
      for (const listener of this.#listeners) listener(user);
    });
    return auth;
  }
}
