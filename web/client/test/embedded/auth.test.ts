import { describe, expect, test } from "vitest";
import { call } from "../../src/cognito/protocol.js";
import { claims } from "../../src/cognito/tokens.js";
import { Auth, type SignInStep } from "../../src/index.js";
import { failure } from "../support/browser.js";
import { INVITED, mailedCode, newUser, OPTIONS, PASSWORD, signedIn, totp } from "./setting.js";

const NEW_PASSWORD = "Another-Horse-8-Battery";

/** Takes a step that must be of this kind. */
function step<K extends SignInStep["step"]>(taken: SignInStep, kind: K): Extract<SignInStep, { step: K }> {
  expect(taken.step).toBe(kind);
  return taken as Extract<SignInStep, { step: K }>;
}

describe("sign-up", () => {
  test("leads to a sign-in once the mailed code is given", async () => {
    const auth = new Auth(OPTIONS);
    const email = "ann@example.com";
    await auth.signUp(email, PASSWORD, { name: "Ann" });
    expect(await failure(auth.signIn(email, PASSWORD))).toMatchObject({ code: "not-confirmed" });
    expect(await failure(auth.confirmSignUp(email, "000000"))).toMatchObject({ code: "code-mismatch" });
    await auth.resendCode(email);
    await auth.confirmSignUp(email, await mailedCode(email));
    expect(await auth.signIn(email, PASSWORD)).toEqual({ step: "done" });
    expect(auth.user).toMatchObject({ email, name: "Ann" });
  });

  test("refuses a weak password, and an address that has an account", async () => {
    const auth = new Auth(OPTIONS);
    expect(await failure(auth.signUp("weak@example.com", "short"))).toMatchObject({ code: "password-refused" });
    const email = await newUser("twice");
    expect(await failure(auth.signUp(email, PASSWORD))).toMatchObject({ code: "user-exists" });
  });
});

describe("sign-in", () => {
  test("keeps the password in the browser", async () => {
    const email = await newUser("secret");
    const sent: string[] = [];
    const { fetch } = globalThis;
    globalThis.fetch = (url, init) => {
      sent.push(String(init?.body));
      return fetch(url, init);
    };
    try {
      await new Auth(OPTIONS).signIn(email, PASSWORD);
    } finally {
      globalThis.fetch = fetch;
    }
    expect(sent).toHaveLength(2);
    expect(sent.join()).not.toContain(PASSWORD);
  });

  test("does not tell a wrong password from an unknown user", async () => {
    const email = await newUser("wrong");
    const auth = new Auth(OPTIONS);
    const wrong = await failure(auth.signIn(email, NEW_PASSWORD));
    const unknown = await failure(auth.signIn("nobody@example.com", PASSWORD));
    expect(wrong).toMatchObject({ code: "not-authorized", message: unknown.message });
    expect(auth.user).toBeUndefined();
  });

  test("asks an invited user for a new password", async () => {
    const auth = new Auth(OPTIONS);
    const { answer } = step(await auth.signIn(INVITED, PASSWORD), "new-password");
    expect(await answer(NEW_PASSWORD, { name: "Ivy" })).toEqual({ step: "done" });
    expect(await new Auth(OPTIONS).signIn(INVITED, NEW_PASSWORD)).toEqual({ step: "done" });
  });
});

test("a forgotten password is replaced by the mailed code", async () => {
  const email = await newUser("forgot");
  const auth = new Auth(OPTIONS);
  await auth.forgotPassword(email);
  const wrong = auth.resetPassword(email, "000000", NEW_PASSWORD);
  expect(await failure(wrong)).toMatchObject({ code: "code-mismatch" });
  await auth.resetPassword(email, await mailedCode(email), NEW_PASSWORD);
  expect(await failure(auth.signIn(email, PASSWORD))).toMatchObject({ code: "not-authorized" });
  expect(await auth.signIn(email, NEW_PASSWORD)).toEqual({ step: "done" });
});

test("an authenticator app is set up, asked for, and turned off", async () => {
  const auth = await signedIn("totp");
  const email = auth.user?.email ?? "";
  const setup = await auth.setUpTotp();
  expect(setup.uri).toContain(`secret=${setup.secret}`);
  expect(await failure(setup.confirm("000000"))).toMatchObject({ code: "code-mismatch" });
  expect(await auth.totpEnabled()).toBe(false);
  await setup.confirm(totp(setup.secret));
  expect(await auth.totpEnabled()).toBe(true);

  const second = new Auth(OPTIONS);
  const { answer } = step(await second.signIn(email, PASSWORD), "totp");
  expect(second.user).toBeUndefined();
  expect(await failure(answer("000000"))).toMatchObject({ code: "code-mismatch" });
  expect(await answer(totp(setup.secret))).toEqual({ step: "done" });

  await second.disableTotp();
  expect(await new Auth(OPTIONS).signIn(email, PASSWORD)).toEqual({ step: "done" });
});

describe("the session", () => {
  test("is refreshed with a token that Cognito takes", async () => {
    const auth = await signedIn("refresh");
    const first = await auth.accessToken();
    const second = await auth.accessToken(first);
    expect(second).not.toBe(first);
    expect(claims(second)).toMatchObject({ sub: auth.user?.sub, token_use: "access" });
    await call(OPTIONS, "GetUser", { AccessToken: second });
  });

  test.each([false, true])("ends its refresh token at sign-out (everywhere: %s)", async (everywhere) => {
    const stored = new Map<string, string>();
    const storage = {
      getItem: (key: string) => stored.get(key) ?? null,
      setItem: (key: string, value: string) => void stored.set(key, value),
      removeItem: (key: string) => void stored.delete(key),
    };
    Object.assign(globalThis, { sessionStorage: storage, addEventListener: () => {} });
    const auth = new Auth({ ...OPTIONS, storage: "session" });
    await auth.signIn(await newUser(`out-${everywhere}`), PASSWORD);
    const [kept = ""] = stored.values();
    const { refresh: RefreshToken } = JSON.parse(kept) as { refresh: string };
    await auth.signOut({ everywhere });
    expect(stored.size).toBe(0);
    const again = call(OPTIONS, "GetTokensFromRefreshToken", { ClientId: OPTIONS.clientId, RefreshToken });
    expect(await failure(again)).toMatchObject({ code: "not-authorized" });
  });
});
