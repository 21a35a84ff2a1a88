/** What Cognito may ask for after the password. */

import type { SignInStep } from "@rustlambda/client";
import type { App, View } from "../app.ts";
import { h } from "../dom.ts";
import { APP_CODE, card, form, type FieldOptions, PASSWORD_RULE } from "../form.ts";
import type { Overrides } from "../words.ts";
import { totpSetup } from "./totp-setup.ts";

type Step<K extends SignInStep["step"]> = Extract<SignInStep, { step: K }>;

/** After the password, only a session that is too old is not authorized. */
const WORDS: Overrides = { "not-authorized": "This sign-in took too long. Start again." };

/** Shows what a step asks for. Nothing after the last: the session tells the page that somebody is signed in. */
export function takeStep(app: App, step: SignInStep): void {
  switch (step.step) {
    case "done":
      app.draft.password = undefined;
      return;
    case "new-password":
      return app.show(newPassword(app, step));
    case "totp":
      return app.show(code(app, step));
    case "totp-setup":
      return app.show(setup(app, step));
  }
}

function newPassword(app: App, step: Step<"new-password">): View {
  const title = "Choose a new password";
  const attributes = step.requiredAttributes.map(
    (name): FieldOptions => ({ name: `attribute:${name}`, label: labelOf(name), type: "text", autocomplete: name === "name" ? "name" : "off" }),
  );
  const password: FieldOptions = {
    name: "new-password",
    label: "New password",
    type: "password",
    autocomplete: "new-password",
    hint: PASSWORD_RULE,
  };
  const choose = form({
    fields: [password, ...attributes],
    submit: "Save and sign in",
    words: WORDS,
    onSubmit: async (values) => {
      const written = step.requiredAttributes.map((name) => [name, values[`attribute:${name}`] ?? ""]);
      takeStep(app, await step.answer(values["new-password"] ?? "", Object.fromEntries(written)));
    },
  });
  choose.prepend(username(app));
  const why = "Somebody made this account for you, with a password for one time. Choose one that only you know.";
  return { title, element: card(title, h("p", {}, why), choose, startAgain(app)) };
}

function code(app: App, step: Step<"totp">): View {
  const title = "Enter your code";
  const element = card(
    title,
    h("p", {}, "Your authenticator app shows a code for this site that changes twice a minute."),
    form({
      fields: [APP_CODE],
      submit: "Continue",
      words: WORDS,
      onSubmit: async ({ code = "" }) => takeStep(app, await step.answer(code)),
    }),
    startAgain(app),
  );
  return { title, element };
}

function setup(app: App, step: Step<"totp-setup">): View {
  const title = "Set up your authenticator app";
  const confirm = async (code: string): Promise<void> => takeStep(app, await step.answer(code));
  return { title, element: card(title, h("p", {}, "This site asks for a second proof that it is you."), totpSetup(step, confirm, WORDS), startAgain(app)) };
}

/** Tells password managers whose password this is. */
function username(app: App): HTMLElement {
  return h("input", { type: "email", autocomplete: "username", value: app.draft.email, readonly: true, hidden: true, "aria-label": "E-mail address" });
}

function startAgain(app: App): HTMLElement {
  return h("p", { class: "links" }, h("button", { type: "button", class: "link", onclick: () => app.go("/sign-in") }, "Start again"));
}

/** Writes the name of a standard attribute, such as `family_name`, for a person. */
export function labelOf(attribute: string): string {
  const words = attribute.replace(/^custom:/, "").replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
