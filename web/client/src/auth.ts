/** Accounts, sign-in and the session, for one app client of a user pool. */

import * as account from "./cognito/account.js";
import * as hostedUi from "./cognito/hosted-ui.js";
import type { Pool } from "./cognito/protocol.js";
import { type SignInStep, signIn } from "./cognito/sign-in.js";
import type { User } from "./cognito/tokens.js";
import { associate, isPreferred, prefer, type TotpSecret } from "./cognito/totp.js";
import { ClientError } from "./errors.js";
import { Session } from "./session/session.js";
import { memoryStore, type TokenStore, webStore } from "./session/store.js";

/** Where and how to sign in. */
export interface AuthOptions extends Pool {
  /** What {@link Auth.beginHostedUi} needs. */
  readonly hostedUi?: hostedUi.HostedUi;
  /**
   * Where tokens are kept. `memory`, the default, ends the session with the page. `session` survives a reload and
   * `local` a restart; both can be read by any script that gets into the page.
   */
  readonly storage?: "memory" | "session" | "local";
}

/** An authenticator app that awaits its first code. */
export interface TotpSetup extends TotpSecret {
  /** Turns the second factor on. */
  confirm(code: string): Promise<void>;
}

/** Accounts, sign-in and session of one user. */
export class Auth {
  readonly #options: AuthOptions;
  readonly #session: Session;

  constructor(options: AuthOptions) {
    this.#options = options;
    this.#session = new Session(options, storeOf(options));
  }

  /** The signed-in user as the id token names it, or undefined. */
  get user(): User | undefined {
    return this.#session.user;
  }

  /** Calls `listener` with the user, or undefined, when that changes, also by another tab. */
  onChange(listener: (user: User | undefined) => void): () => void {
    return this.#session.onChange(listener);
  }

  /** Returns a valid access token, refreshed if needed. `refused` is a token that an API rejected with 401. */
  readonly accessToken = (refused?: string): Promise<string> => this.#session.accessToken(refused);

  /** Returns a valid id token, refreshed if needed. */
  readonly idToken = (): Promise<string> => this.#session.idToken();

  /** Signs in by SRP. Returns what Cognito asks for next, or `{ step: "done" }`. */
  signIn(email: string, password: string): Promise<SignInStep> {
    return signIn(this.#options, email, password, (tokens) => this.#session.begin(tokens));
  }

  /** Ends the session and revokes its refresh token, or all of the user's with `everywhere`. */
  signOut(options: { readonly everywhere?: boolean } = {}): Promise<void> {
    return this.#session.signOut(options.everywhere);
  }

  /** Creates an account; Cognito mails a code. */
  signUp(email: string, password: string, attributes?: Readonly<Record<string, string>>): Promise<void> {
    return account.signUp(this.#options, email, password, attributes);
  }

  /** Confirms a new account by the mailed code. */
  confirmSignUp(email: string, code: string): Promise<void> {
    return account.confirmSignUp(this.#options, email, code);
  }

  /** Mails the code of a new account again. */
  resendCode(email: string): Promise<void> {
    return account.resendCode(this.#options, email);
  }

  /** Mails a code for {@link Auth.resetPassword}. */
  forgotPassword(email: string): Promise<void> {
    return account.forgotPassword(this.#options, email);
  }

  /** Replaces a forgotten password by the mailed code. */
  resetPassword(email: string, code: string, password: string): Promise<void> {
    return account.resetPassword(this.#options, email, code, password);
  }

  /** Begins to set up an authenticator app for the signed-in user. */
  async setUpTotp(): Promise<TotpSetup> {
    const AccessToken = await this.accessToken();
    const name = this.user?.email ?? this.user?.sub ?? "";
    const { secret, uri, verify } = await associate(this.#options, name, { AccessToken });
    const confirm = async (code: string): Promise<void> => {
      await verify(code);
      await prefer(this.#options, AccessToken, true);
    };
    return { secret, uri, confirm };
  }

  /** Tells whether the signed-in user has an authenticator app as second factor. */
  async totpEnabled(): Promise<boolean> {
    return isPreferred(this.#options, await this.accessToken());
  }

  /** Turns the second factor of the signed-in user off. */
  async disableTotp(): Promise<void> {
    await prefer(this.#options, await this.accessToken(), false);
  }

  /** Returns the URL of the hosted UI's sign-in page. Call {@link Auth.finishHostedUi} after the redirect back. */
  async beginHostedUi(): Promise<string> {
    return hostedUi.begin(this.#hostedUi(), this.#options.clientId);
  }

  /** Signs in with the code in `url`, the redirect back from the hosted UI. */
  async finishHostedUi(url: string = location.href): Promise<void> {
    this.#session.begin(await hostedUi.finish(this.#hostedUi(), this.#options.clientId, url));
  }

  /** Returns the URL that ends the hosted UI's own session; go there after {@link Auth.signOut}. */
  hostedUiLogoutUrl(logoutUri: string): string {
    return hostedUi.logoutUrl(this.#hostedUi(), this.#options.clientId, logoutUri);
  }

  #hostedUi(): hostedUi.HostedUi {
    if (this.#options.hostedUi) return this.#options.hostedUi;
    throw new ClientError("invalid-parameter", "hostedUi is not set; give its domain and redirectUri to new Auth()");
  }
}

function storeOf({ storage = "memory", clientId }: AuthOptions): TokenStore {
  if (storage === "memory") return memoryStore();
  try {
    return webStore(storage === "local" ? localStorage : sessionStorage, `rustlambda.tokens.${clientId}`);
  } catch {
    // The browser forbids storage to this page, and throws on access to it (HTML, "The localStorage getter steps").
    return memoryStore();
  }
}
