/** The account page: second factor, and sign-out everywhere. */

import { announce } from "./announce.ts";
import type { App, View } from "./app.ts";
import { totpSetup } from "./auth/totp-setup.ts";
import { ask } from "./dialog.ts";
import { fill, h } from "./dom.ts";
import { type Overrides, wordsFor } from "./words.ts";

/** Tokens of the hosted UI may not change the account, unless the pool's self_service allows it. */
const WORDS: Overrides = {
  "not-authorized": "A sign-in at the hosted page may not change this. Sign out, and sign in here with your password.",
};

/** The account page. */
export function accountView(app: App): View {
  const title = "Account";
  const element = h(
    "div",
    { class: "stack account" },
    h("h1", { tabindex: -1 }, title),
    h("p", {}, "Signed in as ", h("strong", {}, app.session.user?.email ?? "somebody without an e-mail address"), "."),
    secondFactor(app),
    sessions(app),
  );
  return { title, element };
}

function secondFactor(app: App): HTMLElement {
  const { auth } = app.session;
  const heading = h("h2", { id: "second-factor", tabindex: -1 }, "Authenticator app");
  const content = h("div", { class: "stack", role: "group", "aria-labelledby": "second-factor" }, h("p", { class: "hint" }, "Loading…"));
  const problem = h("div", { class: "problem", role: "alert" });
  const attempt = (work: () => Promise<void>) => (): void => {
    fill(problem);
    work().catch((error: unknown) => fill(problem, h("p", {}, wordsFor(error, WORDS))));
  };
  const show = (isOn: boolean): void => {
    const text = isOn ? "Signing in takes your password and a code of your app." : "Signing in takes your password only. A code of an app on your phone makes it much safer.";
    const button = isOn
      ? h("button", { type: "button", class: "secondary", onclick: attempt(turnOff) }, "Turn off the authenticator app")
      : h("button", { type: "button", class: "primary", onclick: attempt(setUp) }, "Set up an authenticator app");
    fill(content, h("p", {}, h("span", { class: "badge", "data-tone": isOn ? "good" : "open" }, isOn ? "On" : "Off")), h("p", {}, text), button);
  };
  const changed = (isOn: boolean): void => {
    show(isOn);
    heading.focus();
    announce(isOn ? "The authenticator app is set up." : "The authenticator app is turned off.");
  };
  const setUp = async (): Promise<void> => {
    const setup = await auth.setUpTotp();
    fill(
      content,
      totpSetup(setup, async (code) => {
        await setup.confirm(code);
        changed(true);
      }),
      h("button", { type: "button", class: "link", onclick: () => show(false) }, "Not now"),
    );
    heading.focus();
  };
  const turnOff = async (): Promise<void> => {
    const text = "After this, whoever knows your password can sign in.";
    if (!(await ask({ title: "Turn off the authenticator app?", text, yes: "Turn off", no: "Keep it" }))) return;
    await auth.disableTotp();
    changed(false);
  };
  auth.totpEnabled().then(show, (error: unknown) => {
    fill(content);
    fill(problem, h("p", {}, wordsFor(error, WORDS)));
  });
  return h("section", { class: "card" }, heading, content, problem);
}

function sessions(app: App): HTMLElement {
  const text = "Every device on which you are signed in asks for your password again, this one included.";
  const question = { title: "Sign out everywhere?", text, yes: "Sign out everywhere", no: "Stay signed in" };
  const click = (): void => void ask(question).then((yes) => (yes ? app.signOut(true) : undefined));
  return h(
    "section",
    { class: "card" },
    h("h2", {}, "Sessions"),
    h("p", {}, "Did you lose a device, or sign in on one that is not yours?"),
    h("button", { type: "button", class: "secondary", onclick: click }, "Sign out everywhere"),
  );
}
