import { expect, test } from "vitest";
import { totp } from "../../client/test/support/embedded.js";
import { visit } from "../src/browser.js";
import { look } from "../src/look.js";
import { fill, follow, heading, newUser, press, signedIn, signedOut, signIn, trySignIn } from "../src/person.js";
import { PASSWORD } from "../src/setting.js";

test(
  "an authenticator app is set up, asked for at the next sign-in, and turned off",
  visit(async (visitor) => {
    const { page } = visitor;
    const email = await newUser("totp");
    await signIn(visitor, email);
    await follow(page, "Account");
    await heading(page, "Account");
    await look(page, "totp", "account");
    await press(page, "Set up an authenticator app");
    await page.getByRole("img", { name: "QR code" }).waitFor();
    const shown = await page.getByTestId("totp-secret").textContent();
    const secret = (shown ?? "").replaceAll(/\s/g, "");
    expect(secret).toMatch(/^[A-Z2-7]{16,}$/);
    await fill(page, "6-digit code", "000000");
    await press(page, "Confirm");
    await page.getByTestId("problem").waitFor();
    await look(page, "totp", "set-up");
    await fill(page, "6-digit code", totp(secret));
    await press(page, "Confirm");
    await page.getByRole("button", { name: "Turn off the authenticator app" }).waitFor();
    await look(page, "totp", "turned-on");

    await press(page, "Sign out");
    await signedOut(page);
    await trySignIn(page, email, PASSWORD);
    await heading(page, "Enter your code");
    await fill(page, "6-digit code", "000000");
    await press(page, "Continue");
    await page.getByTestId("problem").waitFor();
    await look(page, "totp", "wrong-code");
    await fill(page, "6-digit code", totp(secret));
    await press(page, "Continue");
    await signedIn(page);

    await follow(page, "Account");
    await press(page, "Turn off the authenticator app");
    await page.getByRole("dialog").waitFor();
    await look(page, "totp", "turn-off");
    await press(page, "Turn off");
    await page.getByRole("button", { name: "Set up an authenticator app" }).waitFor();
    await press(page, "Sign out");
    await signedOut(page);
    await trySignIn(page, email, PASSWORD);
    await signedIn(page);
  }),
);
