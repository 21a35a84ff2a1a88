/** New accounts: sign-up, and the code that proves the e-mail address. */

import { isClientError } from "@rustlambda/client";
import type { App, View } from "../app.ts";
import { h } from "../dom.ts";
import { card, EMAIL, form, link, MAILED_CODE, noticeOf, PASSWORD_RULE } from "../form.ts";
import { resend } from "./resend.ts";
import { passwordSignIn } from "./sign-in.ts";

/** The sign-up page. */
export function signUpView(app: App): View {
  const { draft, session } = app;
  const title = "Create an account";
  const element = card(
    title,
    form({
      fields: [
        { ...EMAIL, value: draft.email },
        { name: "password", label: "Password", type: "password", autocomplete: "new-password", hint: PASSWORD_RULE },
      ],
      submit: "Create account",
      onSubmit: async ({ email = "", password = "" }) => {
        draft.email = email;
        await session.auth.signUp(email, password);
        draft.password = password;
        app.go("/confirm", `A code is on its way to ${email}.`);
      },
    }),
    h("p", { class: "links" }, link("/sign-in", "I have an account")),
  );
  return { title, element };
}

/** The page that asks for the mailed code. */
export function confirmView(app: App, notice?: string): View {
  const { draft, session } = app;
  const title = "Confirm your e-mail address";
  const confirm = form({
    fields: [
      { ...EMAIL, value: draft.email },
      { ...MAILED_CODE, hint: "It may be in the spam folder." },
    ],
    submit: "Confirm",
    words: { "not-authorized": "This account is confirmed already. Sign in." },
    onSubmit: async ({ email = "", code = "" }) => {
      await session.auth.confirmSignUp(email, code);
      const { password } = draft;
      draft.password = undefined;
      await signInOrAsk(app, email, email === draft.email ? password : undefined);
    },
  });
  const element = card(
    title,
    noticeOf(notice),
    confirm,
    resend(confirm, (email) => session.auth.resendCode(email)),
    h("p", { class: "links" }, link("/sign-in", "Back to sign-in")),
  );
  return { title, element };
}

/** Signs in with a password that is known, or lets the user do it. */
async function signInOrAsk(app: App, email: string, password: string | undefined): Promise<void> {
  const ask = (): void => app.go("/sign-in", "Your e-mail address is confirmed. Sign in now.");
  app.draft.email = email;
  if (password === undefined) return ask();
  await passwordSignIn(app, email, password).catch((error: unknown) => {
    if (!isClientError(error)) throw error;
    ask();
  });
}
