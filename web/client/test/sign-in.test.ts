import { beforeEach, describe, expect, test, vi } from "vitest";
import { Auth, type SignInStep } from "../src/index.js";
import { failure, fakeWindow } from "./support/browser.js";
import { authenticated, type Call, fakeCognito, POOL, type Reply } from "./support/cognito.js";
import vectors from "./srp-vectors.json" with { type: "json" };

const [vector] = vectors;
const VERIFIER = {
  ChallengeName: "PASSWORD_VERIFIER",
  ChallengeParameters: {
    USERNAME: "id-of-ann",
    USER_ID_FOR_SRP: "id-of-ann",
    SALT: vector?.salt,
    SRP_B: vector?.publicB,
    SECRET_BLOCK: vector?.secretBlock,
  },
};

beforeEach(() => {
  fakeWindow();
});

/** Signs in; after the password Cognito answers with `replies`, one after another. */
async function signIn(...replies: Reply[]): Promise<{ step: SignInStep; calls: Call[]; auth: Auth }> {
  const calls = fakeCognito((call) => (call.action === "InitiateAuth" ? VERIFIER : (replies.shift() ?? {})));
  const auth = new Auth(POOL);
  return { step: await auth.signIn("ann@example.com", "secret"), calls, auth };
}

describe("what Cognito asks for after the password", () => {
  test("is nothing: the user is signed in", async () => {
    const { step, auth } = await signIn(authenticated("1"));
    expect(step).toEqual({ step: "done" });
    expect(await auth.accessToken()).toBe("access-1");
  });

  test("is a new password, with the attributes that are missing", async () => {
    const parameters = { requiredAttributes: '["userAttributes.name"]', userAttributes: "{}" };
    const challenge = { ChallengeName: "NEW_PASSWORD_REQUIRED", Session: "s", ChallengeParameters: parameters };
    const { step, calls } = await signIn(challenge, authenticated("1"));
    if (step.step !== "new-password") throw new Error(step.step);
    expect(step.requiredAttributes).toEqual(["name"]);
    await step.answer("new", { name: "Ann" });
    expect(calls.at(-1)?.body).toMatchObject({
      Session: "s",
      ChallengeResponses: { USERNAME: "id-of-ann", NEW_PASSWORD: "new", "userAttributes.name": "Ann" },
    });
  });

  test("is the kind of second factor, which is the authenticator app", async () => {
    const { step, calls } = await signIn(
      { ChallengeName: "SELECT_MFA_TYPE", Session: "s" },
      { ChallengeName: "SOFTWARE_TOKEN_MFA", Session: "t" },
    );
    expect(step.step).toBe("totp");
    expect(calls.at(-1)?.body["ChallengeResponses"]).toMatchObject({ ANSWER: "SOFTWARE_TOKEN_MFA" });
  });

  test("is to set up an authenticator app", async () => {
    const { step, calls } = await signIn(
      { ChallengeName: "MFA_SETUP", Session: "1" },
      { SecretCode: "ABC", Session: "2" },
      { Status: "SUCCESS", Session: "3" },
      authenticated("1"),
    );
    if (step.step !== "totp-setup") throw new Error(step.step);
    expect(step.secret).toBe("ABC");
    expect(step.uri).toBe("otpauth://totp/Cognito:id-of-ann?secret=ABC&issuer=Cognito");
    expect(await step.answer("123456")).toEqual({ step: "done" });
    const [, , associate, verify, respond] = calls;
    expect(associate).toEqual({ action: "AssociateSoftwareToken", body: { Session: "1" } });
    expect(verify).toEqual({ action: "VerifySoftwareToken", body: { Session: "2", UserCode: "123456" } });
    expect(respond?.body).toMatchObject({ ChallengeName: "MFA_SETUP", Session: "3" });
  });

  test("is something that has to be answered elsewhere", async () => {
    const error = await failure(signIn({ ChallengeName: "SMS_MFA", Session: "s" }));
    expect(error).toMatchObject({ code: "challenge-unsupported" });
    expect(error.message).toContain("SMS_MFA");
  });
});

test("signs Cognito's time where this device's clock is wrong", async () => {
  const date = "Sun, 01 Nov 2026 09:05:07 GMT";
  const calls = fakeCognito((call) => (call.action === "InitiateAuth" ? VERIFIER : authenticated("1")), date);
  vi.setSystemTime(Date.UTC(2020, 0, 1));
  await new Auth(POOL).signIn("ann@example.com", "secret");
  vi.useRealTimers();
  expect(calls[1]?.body["ChallengeResponses"]).toMatchObject({ TIMESTAMP: "Sun Nov 1 09:05:07 UTC 2026" });
});

test("keeps tokens in memory where the browser forbids storage", async () => {
  const forbidden = vi.fn(() => {
    throw new DOMException("forbidden", "SecurityError");
  });
  Object.defineProperty(globalThis, "sessionStorage", { get: forbidden, configurable: true });
  fakeCognito((call) => (call.action === "InitiateAuth" ? VERIFIER : authenticated("1")));
  const auth = new Auth({ ...POOL, storage: "session" });
  await auth.signIn("ann@example.com", "secret");
  Reflect.deleteProperty(globalThis, "sessionStorage");
  expect(forbidden).toHaveBeenCalled();
  expect(await auth.accessToken()).toBe("access-1");
});

test.each([
  ["NotAuthorizedException", "Incorrect username or password.", "not-authorized"],
  ["NotAuthorizedException", "Password attempts exceeded", "too-many-attempts"],
  ["PasswordResetRequiredException", "reset", "password-reset-required"],
  ["com.amazonaws.cognito#UserNotConfirmedException", "confirm", "not-confirmed"],
  ["TooManyRequestsException", "slow", "throttled"],
  ["SomethingNewException", "new", "unexpected-response"],
])("makes %s (%s) the error %s", async (exception, message, code) => {
  fakeCognito(() => ({ exception, message }));
  const error = await failure(new Auth(POOL).signIn("ann@example.com", "secret"));
  expect(error).toMatchObject({ code, message, name: "ClientError" });
});

test("says that a page without WebCrypto cannot sign in", async () => {
  vi.stubGlobal("crypto", { getRandomValues: crypto.getRandomValues.bind(crypto) });
  const error = await failure(signIn());
  expect(error).toMatchObject({ code: "insecure-context" });
});

test("reports an invalid pool id", async () => {
  const error = await failure(new Auth({ userPoolId: "mine", clientId: "c" }).forgotPassword("ann@example.com"));
  expect(error.message).toContain('userPoolId is "mine"');
});
