/** What a person does at the site, step by step. Names are those that the page shows. */

import type { Page } from "playwright-core";
import { Auth } from "../../client/src/index.js";
import { mailedCode as codeMailedBy } from "../../client/test/support/embedded.js";
import type { Visitor } from "./browser.js";
import { AWS, CLIENT_ID, PASSWORD, USER_POOL_ID } from "./setting.js";

/** Fills the field with this label. */
export function fill(page: Page, label: string, text: string): Promise<void> {
  return page.getByLabel(label, { exact: true }).fill(text);
}

/** Presses the button with this name. */
export function press(page: Page, name: string): Promise<void> {
  return page.getByRole("button", { name, exact: true }).click();
}

/** Follows the link with this name. */
export function follow(page: Page, name: string): Promise<void> {
  return page.getByRole("link", { name, exact: true }).click();
}

/** Waits for the view with this heading. */
export function heading(page: Page, name: string): Promise<void> {
  return page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
}

/** Waits until somebody is signed in. */
export function signedIn(page: Page): Promise<void> {
  return page.locator("body[data-state=signed-in]").waitFor();
}

/** Waits until nobody is signed in. */
export function signedOut(page: Page): Promise<void> {
  return page.locator("body[data-state=signed-out]").waitFor();
}

/** Fills the sign-in form and sends it. */
export async function trySignIn(page: Page, email: string, password: string): Promise<void> {
  await fill(page, "E-mail address", email);
  await fill(page, "Password", password);
  await press(page, "Sign in");
}

/** Opens the site and signs in. */
export async function signIn(visitor: Visitor, email: string, password = PASSWORD): Promise<void> {
  await visitor.open("/sign-in");
  await trySignIn(visitor.page, email, password);
  await signedIn(visitor.page);
}

/** Returns the e-mail address of a new, confirmed user, made without the site. */
export async function newUser(name: string): Promise<string> {
  const email = `${name}@example.com`;
  const auth = new Auth({ userPoolId: USER_POOL_ID, clientId: CLIENT_ID, endpoint: `${AWS}/` });
  await auth.signUp(email, PASSWORD);
  await auth.confirmSignUp(email, await mailedCode(email));
  return email;
}

/** Returns the code of the newest e-mail to an address. */
export function mailedCode(email: string): Promise<string> {
  return codeMailedBy(AWS, email);
}
