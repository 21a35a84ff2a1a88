import { expect, test } from "vitest";
import { visit } from "../src/browser.js";
import { newUser, press, signedIn, signedOut, signIn } from "../src/person.js";
import { AWS, CLIENT_ID } from "../src/setting.js";

/** Asks for new tokens as the page does, and returns the status. */
async function refresh(RefreshToken: string): Promise<number> {
  const { status } = await fetch(AWS, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": "AWSCognitoIdentityProviderService.GetTokensFromRefreshToken",
    },
    body: JSON.stringify({ ClientId: CLIENT_ID, RefreshToken }),
  });
  return status;
}

test(
  "the session survives a reload, and sign-out ends its refresh token",
  visit(async (visitor) => {
    const { page } = visitor;
    await signIn(visitor, await newUser("session"));
    await page.reload();
    await signedIn(page);
    const stored = await page.evaluate(() => ({ session: { ...sessionStorage }, local: { ...localStorage } }));
    expect(JSON.stringify(stored.local)).not.toContain("refresh");
    const tokens = Object.entries(stored.session).find(([key]) => key.startsWith("rustlambda.tokens"))?.[1];
    const { refresh: token } = JSON.parse(String(tokens)) as { refresh: string };
    expect(await refresh(token)).toBe(200);
    await press(page, "Sign out");
    await signedOut(page);
    const left = await page.evaluate(() => Object.values({ ...sessionStorage, ...localStorage }).join());
    expect(left).not.toContain(token);
    expect(await refresh(token)).toBe(400);
  }),
);
