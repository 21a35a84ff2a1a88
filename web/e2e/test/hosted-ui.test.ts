import { expect, test } from "vitest";
import { visit } from "../src/browser.js";
import { look } from "../src/look.js";
import { heading, newUser, press, signedIn } from "../src/person.js";
import { AWS, PASSWORD, SITE } from "../src/setting.js";

test(
  "somebody signs in at the hosted UI and comes back without the code in the address",
  visit(async (visitor) => {
    const { page } = visitor;
    const email = await newUser("hosted");
    await visitor.open("/sign-in");
    await press(page, "Use the hosted sign-in page");
    await page.waitForURL(`${AWS}/**`);
    await page.locator("#username").fill(email);
    await page.locator("#password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL(`${SITE}/**`);
    await signedIn(page);
    await heading(page, "Uploads");
    expect(new URL(page.url()).search).toBe("");
    await look(page, "hosted-ui", "back");
  }),
);
