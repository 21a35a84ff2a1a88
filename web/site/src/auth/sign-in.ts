/** Sign-in by e-mail address and password, or at the hosted UI. */

import { isClientError } from "@rustlambda/client";
import type { App, View } from "../app.ts";
import { fill, h } from "../dom.ts";
import { card, EMAIL, form, link, noticeOf } from "../form.ts";
import { wordsFor } from "../words.ts";
import { takeStep } from "./steps.ts";

/** The sign-in page. `failure` is why the hosted UI sent the user back. */
export function signInView(app: App, notice?: string, failure?: unknown): View {
  const { draft } = app;
  const keep = h("input", { type: "checkbox", id: "keep", onchange: () => void (draft.keep = keep.checked) });
  keep.checked = draft.keep;
  const signIn = form({
    fields: [
      { ...EMAIL, value: draft.email },
      { name: "password", label: "Password", type: "password", autocomplete: "current-password" },
    ],
    extra: [h("div", { class: "check" }, keep, h("label", { for: "keep" }, "Keep me signed in on this device"))],
    submit: "Sign in",
    onSubmit: async ({ email = "", password = "" }) => {
      draft.email = email;
      await passwordSignIn(app, email, password);
    },
  });
  const title = "Sign in";
  const element = card(
    title,
    noticeOf(notice),
    failure !== undefined && h("div", { class: "problem", role: "alert", "data-testid": "problem" }, h("p", {}, wordsFor(failure))),
    signIn,
    app.session.hasHostedUi && hostedUi(app, () => keep.checked),
    h(
      "p",
      { class: "links" },
      link("/forgot-password", "Forgotten your password?"),
      app.config.selfSignUp && link("/sign-up", "Create an account"),
    ),
  );
  return { title, element };
}

/** Signs in, and goes on to whatever Cognito asks for. */
export async function passwordSignIn(app: App, email: string, password: string): Promise<void> {
  app.session.keep(app.draft.keep);
  try {
    takeStep(app, await app.session.auth.signIn(email, password));
  } catch (error) {
    if (isClientError(error, "not-confirmed")) {
      app.draft.password = password;
      return app.go("/confirm", "Confirm your e-mail address first. The code is in the e-mail that you got.");
    }
    if (isClientError(error, "password-reset-required")) {
      return app.go("/forgot-password", "Your password has to be replaced. Ask for a code to set a new one.");
    }
    throw error;
  }
}

function hostedUi(app: App, kept: () => boolean): HTMLElement {
  const problem = h("div", { class: "problem", role: "alert" });
  const leave = (): void => {
    app.session.keep(kept());
    app.session.leaveForHostedUi(kept()).catch((error: unknown) => fill(problem, h("p", {}, wordsFor(error))));
  };
  return h(
    "div",
    { class: "or" },
    h("p", { class: "rule" }, "or"),
    h("button", { type: "button", class: "secondary", onclick: leave }, "Use the hosted sign-in page"),
    problem,
  );
}
