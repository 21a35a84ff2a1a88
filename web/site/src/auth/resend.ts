/** The button that mails a code again. */

import { fill, h } from "../dom.ts";
import { wordsFor } from "../words.ts";

/** Creates the button for the address that is in `form`. */
export function resend(form: HTMLFormElement, mail: (email: string) => Promise<void>): HTMLElement {
  const said = h("p", { role: "status", class: "hint" });
  const send = (): void => {
    const email = String(new FormData(form).get("email") ?? "").trim();
    if (email === "") return fill(said, "Enter your e-mail address first.");
    fill(said, "Sending…");
    mail(email).then(
      () => fill(said, `Another code is on its way to ${email}. Older ones no longer work.`),
      (error: unknown) => fill(said, wordsFor(error)),
    );
  };
  return h("div", { class: "resend" }, h("button", { type: "button", class: "secondary", onclick: send }, "Send another code"), said);
}
