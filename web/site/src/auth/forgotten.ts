/** A forgotten password: a mailed code, then a new password. */

import type { App, View } from "../app.ts";
import { h } from "../dom.ts";
import { card, EMAIL, form, link, MAILED_CODE, noticeOf, PASSWORD_RULE } from "../form.ts";
import { resend } from "./resend.ts";
import { passwordSignIn } from "./sign-in.ts";

/** The page that asks where to mail the code. */
export function forgottenView(app: App, notice?: string): View {
  const { draft, session } = app;
  const title = "Forgotten password";
  const element = card(
    title,
    noticeOf(notice),
    h("p", {}, "You get an e-mail with a code, with which you set a new password."),
    form({
      fields: [{ ...EMAIL, value: draft.email }],
      submit: "Send a code",
      words: { "not-authorized": "The password of this account cannot be set here. Ask whoever made the account." },
      onSubmit: async ({ email = "" }) => {
        draft.email = email;
        await session.auth.forgotPassword(email);
        // Whether there is such an account is not for everybody to know.
        app.go("/reset-password", `If there is an account for ${email}, a code is on its way.`);
      },
    }),
    h("p", { class: "links" }, link("/sign-in", "Back to sign-in")),
  );
  return { title, element };
}

/** The page that asks for the code and the new password. */
export function resetView(app: App, notice?: string): View {
  const { draft, session } = app;
  const title = "Set a new password";
  const reset = form({
    fields: [
      { ...EMAIL, value: draft.email },
      MAILED_CODE,
      { name: "new-password", label: "New password", type: "password", autocomplete: "new-password", hint: PASSWORD_RULE },
    ],
    submit: "Save password",
    onSubmit: async (values) => {
      const { email = "", code = "", "new-password": password = "" } = values;
      draft.email = email;
      await session.auth.resetPassword(email, code, password);
      await passwordSignIn(app, email, password).catch(() => app.go("/sign-in", "Your password is saved. Sign in with it."));
    },
  });
  const element = card(
    title,
    noticeOf(notice),
    reset,
    resend(reset, (email) => session.auth.forgotPassword(email)),
    h("p", { class: "links" }, link("/sign-in", "Back to sign-in")),
  );
  return { title, element };
}
