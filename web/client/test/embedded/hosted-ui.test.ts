import { beforeEach, expect, test, vi } from "vitest";
import { claims } from "../../src/cognito/tokens.js";
import { Auth } from "../../src/index.js";
import { FakeStorage, failure } from "../support/browser.js";
import { ENDPOINT, newUser, OPTIONS, PASSWORD } from "./setting.js";

beforeEach(() => {
  vi.stubGlobal("sessionStorage", new FakeStorage());
});

/** Does at the login page what a person does there, and returns where it leads. */
async function logIn(page: string, username: string): Promise<string> {
  expect((await fetch(page)).status).toBe(200);
  const form = new URLSearchParams([...new URL(page).searchParams, ["username", username], ["password", PASSWORD]]);
  const answer = await fetch(`${ENDPOINT}/login`, { method: "POST", body: form, redirect: "manual" });
  return answer.headers.get("location") ?? "";
}

test("signs in by authorization code with PKCE, and refreshes what it got", async () => {
  const auth = new Auth(OPTIONS);
  const email = await newUser("hosted");
  const back = await logIn(await auth.beginHostedUi(), email);
  await auth.finishHostedUi(back);
  expect(auth.user?.email).toBe(email);
  const token = await auth.accessToken();
  expect(claims(token)["scope"]).toContain("openid");
  const refreshed = await auth.accessToken(token);
  expect(claims(refreshed)["scope"]).toBe(claims(token)["scope"]);
  await auth.signOut();
  expect(auth.user).toBeUndefined();
});

test("redeems a code in the tab that asked for it, and once", async () => {
  const auth = new Auth(OPTIONS);
  const back = await logIn(await auth.beginHostedUi(), await newUser("once"));
  const pending = sessionStorage;
  vi.stubGlobal("sessionStorage", new FakeStorage());
  expect(await failure(auth.finishHostedUi(back))).toMatchObject({ code: "state-mismatch" });
  vi.stubGlobal("sessionStorage", pending);
  await auth.finishHostedUi(back);
  expect(await failure(auth.finishHostedUi(back))).toMatchObject({ code: "state-mismatch" });
});

test("does not redeem a code without the verifier that belongs to it", async () => {
  const auth = new Auth(OPTIONS);
  const back = await logIn(await auth.beginHostedUi(), await newUser("verifier"));
  const key = "rustlambda.hosted-ui";
  const pending = JSON.parse(sessionStorage.getItem(key) ?? "{}") as object;
  sessionStorage.setItem(key, JSON.stringify({ ...pending, verifier: "another" }));
  expect(await failure(auth.finishHostedUi(back))).toMatchObject({ code: "hosted-ui", details: { service: "invalid_grant" } });
});
