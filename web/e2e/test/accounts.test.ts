import { expect, test } from "vitest";
import { visit } from "../src/browser.js";
import { look } from "../src/look.js";
import { fill, follow, heading, mailedCode, newUser, press, signedIn, signedOut, trySignIn } from "../src/person.js";
import { INVITED, NEW_PASSWORD, PASSWORD } from "../src/setting.js";

test(
  "somebody signs up with the mailed code, signs out and signs in again",
  visit(async (visitor) => {
    const { page } = visitor;
    const email = "newcomer@example.com";
    await visitor.open();
    await heading(page, "Sign in");
    await look(page, "accounts", "sign-in");
    await follow(page, "Create an account");
    await heading(page, "Create an account");
    await fill(page, "E-mail address", email);
    await fill(page, "Password", "short");
    await press(page, "Create account");
    await page.getByTestId("problem").waitFor();
    await look(page, "accounts", "weak-password");
    await fill(page, "Password", PASSWORD);
    await press(page, "Create account");
    await heading(page, "Confirm your e-mail address");
    await fill(page, "Code from the e-mail", "000000");
    await press(page, "Confirm");
    await page.getByTestId("problem").waitFor();
    await look(page, "accounts", "wrong-mailed-code");
    await fill(page, "Code from the e-mail", await mailedCode(email));
    await press(page, "Confirm");
    await signedIn(page);
    await heading(page, "Uploads");
    await page.getByTestId("empty").waitFor();
    await look(page, "accounts", "signed-up");
    await press(page, "Sign out");
    await signedOut(page);
    await trySignIn(page, email, PASSWORD);
    await signedIn(page);
  }),
);

test(
  "a wrong password is told, and the right one helps",
  visit(async (visitor) => {
    const { page } = visitor;
    const email = await newUser("wrong");
    const sent: string[] = [];
    page.on("request", (request) => sent.push(request.postData() ?? ""));
    await visitor.open("/sign-in");
    await trySignIn(page, email, NEW_PASSWORD);
    const problem = page.getByTestId("problem");
    await problem.waitFor();
    expect(await problem.getAttribute("role")).toBe("alert");
    expect(await problem.textContent()).not.toMatch(/NotAuthorized|Exception|not-authorized/);
    await look(page, "accounts", "wrong-password");
    await trySignIn(page, email, PASSWORD);
    await signedIn(page);
    expect(sent.join("\n")).toContain("PASSWORD_VERIFIER");
    expect(sent.join("\n")).not.toContain(PASSWORD);
  }),
);

test(
  "a forgotten password is replaced by the mailed code",
  visit(async (visitor) => {
    const { page } = visitor;
    const email = await newUser("forgot");
    await visitor.open("/sign-in");
    await follow(page, "Forgotten your password?");
    await heading(page, "Forgotten password");
    await look(page, "accounts", "forgotten-password");
    await fill(page, "E-mail address", email);
    await press(page, "Send a code");
    await heading(page, "Set a new password");
    await fill(page, "Code from the e-mail", await mailedCode(email));
    await fill(page, "New password", NEW_PASSWORD);
    await look(page, "accounts", "set-a-new-password");
    await press(page, "Save password");
    await signedIn(page);
    await press(page, "Sign out");
    await signedOut(page);
    await trySignIn(page, email, PASSWORD);
    await page.getByTestId("problem").waitFor();
    await trySignIn(page, email, NEW_PASSWORD);
    await signedIn(page);
  }),
);

test(
  "an invited user chooses a new password",
  visit(async (visitor) => {
    const { page } = visitor;
    await visitor.open("/sign-in");
    await trySignIn(page, INVITED, PASSWORD);
    await heading(page, "Choose a new password");
    await look(page, "accounts", "choose-a-new-password");
    await fill(page, "New password", NEW_PASSWORD);
    await press(page, "Save and sign in");
    await signedIn(page);
  }),
);
