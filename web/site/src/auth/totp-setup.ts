/** Setting an authenticator app up: the secret as a QR code and as text, then the first code. */

import type { TotpSecret } from "@rustlambda/client";
import { fill, h } from "../dom.ts";
import { APP_CODE, form } from "../form.ts";
import type { Overrides } from "../words.ts";

/** Shows a secret, and asks for the first code. */
export function totpSetup(secret: TotpSecret, confirm: (code: string) => Promise<void>, words: Overrides = {}): HTMLElement {
  // As large as the code will be, so that nothing moves when it comes.
  const code = h("div", { class: "qr-frame" });
  void import("./qr.ts").then(
    ({ qrCode }) => fill(code, qrCode(secret.uri)),
    () => fill(code, h("p", { class: "hint" }, "The QR code cannot be drawn. Type the key instead.")),
  );
  return h(
    "div",
    { class: "stack" },
    h("p", {}, "Scan this with an authenticator app, such as the one that your phone or password manager has."),
    code,
    h("p", { class: "hint" }, "No camera at hand? Type this key into the app:"),
    h("p", {}, h("code", { class: "secret", "data-testid": "totp-secret" }, groups(secret.secret))),
    form({
      fields: [{ ...APP_CODE, hint: "What the app shows now." }],
      submit: "Confirm",
      words,
      onSubmit: ({ code = "" }) => confirm(code),
    }),
  );
}

/** Writes a key in groups of four, so that people can type it. */
export function groups(key: string): string {
  return key.replaceAll(/(.{4})(?=.)/g, "$1 ");
}
