/** The page: which view is shown at which address, to whom. */

import { accountView } from "./account.ts";
import type { App, Draft, View } from "./app.ts";
import { forgottenView, resetView } from "./auth/forgotten.ts";
import { signInView } from "./auth/sign-in.ts";
import { confirmView, signUpView } from "./auth/sign-up.ts";
import type { Config } from "./config.ts";
import { ask } from "./dialog.ts";
import { fill, h, part, set } from "./dom.ts";
import { card, link } from "./form.ts";
import type { SiteSession } from "./session.ts";
import { type UploadsView, uploadsView } from "./uploads/view.ts";

/** The name of the site, in the title of the tab. */
const SITE = "Uploads";

type Opener = (app: App, notice?: string) => View;

/** Views for those who are not signed in; at any other address they sign in first. */
const OUTSIDE: Readonly<Record<string, Opener>> = {
  "/sign-in": signInView,
  "/sign-up": signUpView,
  "/confirm": confirmView,
  "/forgot-password": forgottenView,
  "/reset-password": resetView,
};

/** The page. */
export class Page implements App {
  readonly config: Config;
  readonly session: SiteSession;
  readonly draft: Draft = { email: "", keep: false };
  /** The uploads of whom, while they are signed in, or were a moment ago. */
  #uploads: { readonly sub: string; readonly view: UploadsView } | undefined;
  #isStopped = true;
  /** What to say when the user is gone, if that is the user's own wish. */
  #farewell: string | undefined;
  #isFirst = true;

  constructor(config: Config, session: SiteSession) {
    this.config = config;
    this.session = session;
  }

  /** Shows the view of the present address, and follows links and the user from now on. */
  start(failure?: unknown): void {
    addEventListener("popstate", () => this.#open());
    addEventListener("beforeunload", (event) => this.#uploads?.view.busy && event.preventDefault());
    document.addEventListener("click", (event) => this.#follow(event));
    this.session.onChange((user) => this.#userChanged(user !== undefined));
    if (failure === undefined) this.#open();
    else this.show(signInView(this, undefined, failure));
  }

  go(path: string, notice?: string): void {
    if (path !== location.pathname) history.pushState(null, "", path);
    this.#open(notice);
  }

  show(view: View): void {
    const signedIn = this.session.user !== undefined;
    document.body.dataset["state"] = signedIn ? "signed-in" : "signed-out";
    document.title = view.title === SITE ? SITE : `${view.title} – ${SITE}`;
    this.#showNavigation(signedIn);
    const main = part("main");
    if (main.firstElementChild === view.element && main.childElementCount === 1) return;
    fill(main, view.element);
    scrollTo(0, 0);
    // On the first view, a screen reader begins at the top by itself.
    if (!this.#isFirst) view.element.querySelector("h1")?.focus({ preventScroll: true });
    this.#isFirst = false;
  }

  #open(notice?: string): void {
    const { pathname } = location;
    const outside = OUTSIDE[pathname];
    if (this.session.user === undefined) {
      const isClosed = pathname === "/sign-up" && !this.config.selfSignUp;
      return this.show((isClosed ? signInView : (outside ?? signInView))(this, notice));
    }
    if (outside) history.replaceState(null, "", "/");
    this.show(this.#inside(outside ? "/" : pathname));
  }

  #inside(path: string): View {
    if (path === "/account") return accountView(this);
    if (path === "/" || path === "/index.html") return this.#uploadsOfUser();
    const title = "There is no such page";
    return { title, element: card(title, h("p", {}, link("/", "Go to your uploads"))) };
  }

  /** Returns the upload page; the same one as before, if the same user has come back. */
  #uploadsOfUser(): UploadsView {
    const sub = this.session.user?.sub ?? "";
    if (this.#uploads?.sub !== sub) {
      this.#uploads?.view.stop();
      this.#uploads = { sub, view: uploadsView(this) };
      this.#isStopped = true;
    }
    if (this.#isStopped) this.#uploads.view.start();
    this.#isStopped = false;
    return this.#uploads.view;
  }

  #userChanged(signedIn: boolean): void {
    if (signedIn) return this.#open();
    const { draft } = this;
    draft.password = undefined;
    this.#uploads?.view.stop();
    this.#isStopped = true;
    if (this.#farewell !== undefined) {
      this.#uploads = undefined;
      draft.email = "";
      return this.go("/sign-in", this.#farewell);
    }
    this.go("/sign-in", "Your session has ended. Sign in again; interrupted uploads can go on then.");
  }

  async signOut(everywhere: boolean): Promise<void> {
    this.#farewell = everywhere ? "You are signed out on all devices." : "You are signed out.";
    try {
      await this.session.signOut(everywhere);
    } catch {
      // The tokens are gone from this browser all the same.
      const elsewhere = everywhere ? "other devices may still be signed in" : "the service could not be told";
      this.go("/sign-in", `You are signed out here, but ${elsewhere}.`);
    } finally {
      this.#farewell = undefined;
    }
  }

  /** Signs out here, after a question if that would interrupt something. */
  async #leave(): Promise<void> {
    const text = "Uploads are on their way. They stop, and you can go on with them when you sign in again.";
    const question = { title: "Sign out now?", text, yes: "Sign out", no: "Stay signed in" };
    if (!this.#uploads?.view.busy || (await ask(question))) await this.signOut(false);
  }

  #showNavigation(signedIn: boolean): void {
    const nav = part("nav");
    nav.hidden = !signedIn;
    if (!signedIn) return fill(nav);
    if (nav.childElementCount === 0) {
      const signOut = h("button", { type: "button", class: "quiet", onclick: () => void this.#leave() }, "Sign out");
      fill(nav, link("/", "Uploads"), link("/account", "Account"), signOut);
    }
    for (const anchor of nav.querySelectorAll("a")) {
      set(anchor, { "aria-current": anchor.pathname === location.pathname && "page" });
    }
  }

  /** Opens links inside the page without loading it again. */
  #follow(event: MouseEvent): void {
    const anchor = event.target instanceof Element ? event.target.closest("a") : null;
    const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (!anchor || !isPlain || !(anchor.dataset["inside"] !== undefined || anchor.classList.contains("brand"))) return;
    event.preventDefault();
    this.go(anchor.pathname);
  }
}
