import { beforeEach, describe, expect, test, vi } from "vitest";
import { tokensOf } from "../src/cognito/tokens.js";
import { isClientError } from "../src/errors.js";
import { Session } from "../src/session/session.js";
import { memoryStore, type TokenStore, webStore } from "../src/session/store.js";
import { type FakeWindow, FakeStorage, failure, fakeWindow } from "./support/browser.js";
import { authenticated, fakeCognito, POOL } from "./support/cognito.js";
import { elapse, fakeTime, until } from "./support/time.js";

const HOUR = 3_600_000;
const KEY = "tokens";
const NO_JWT = '{"access":"a","id":"b","refresh":"c","expires":4}';

let window: FakeWindow;

beforeEach(() => {
  fakeTime();
  window = fakeWindow();
});

/** A session that was signed in just now. */
function signedIn(store: TokenStore = memoryStore()): Session {
  const session = new Session(POOL, store);
  session.begin(tokensOf(authenticated("0")["AuthenticationResult"]));
  return session;
}

test("returns a valid access token without calling Cognito", async () => {
  const calls = fakeCognito(() => new Error("not expected"));
  expect(await signedIn().accessToken()).toBe("access-0");
  expect(calls).toEqual([]);
});

test("refreshes a token that is about to expire", async () => {
  const calls = fakeCognito(() => authenticated("1"));
  const session = signedIn();
  vi.setSystemTime(Date.now() + HOUR - 30_000);
  expect(await elapse(session.accessToken())).toBe("access-1");
  const body = { ClientId: "client", RefreshToken: "refresh-0" };
  expect(calls).toEqual([{ action: "GetTokensFromRefreshToken", body }]);
});

test("refreshes with the newest token when refresh tokens rotate", async () => {
  const calls = fakeCognito((_, count) => authenticated(String(count)));
  const session = signedIn();
  for (let hour = 0; hour < 3; hour++) {
    vi.setSystemTime(Date.now() + HOUR);
    await elapse(session.accessToken());
  }
  expect(calls.map((call) => call.body["RefreshToken"])).toEqual(["refresh-0", "refresh-1", "refresh-2"]);
});

test("goes on with the same refresh token when they do not rotate", async () => {
  const calls = fakeCognito(() => ({
    AuthenticationResult: { ...(authenticated("1")["AuthenticationResult"] as object), RefreshToken: undefined },
  }));
  const session = signedIn();
  for (let hour = 0; hour < 2; hour++) {
    vi.setSystemTime(Date.now() + HOUR);
    await elapse(session.accessToken());
  }
  expect(calls.map((call) => call.body["RefreshToken"])).toEqual(["refresh-0", "refresh-0"]);
});

test.each([true, false])("refreshes once for concurrent callers (Web Locks: %s)", async (locks) => {
  if (!locks) vi.stubGlobal("navigator", { onLine: true });
  const calls = fakeCognito(() => authenticated("1"));
  const session = signedIn();
  vi.setSystemTime(Date.now() + HOUR);
  const tokens = await elapse(Promise.all([session.accessToken(), session.accessToken(), session.idToken()]));
  expect(tokens.slice(0, 2)).toEqual(["access-1", "access-1"]);
  expect(calls).toHaveLength(1);
});

test("refreshes a token that an API has refused, and only that one", async () => {
  const calls = fakeCognito(() => authenticated("1"));
  const session = signedIn();
  expect(await elapse(session.accessToken("access-0"))).toBe("access-1");
  expect(await elapse(session.accessToken("access-0"))).toBe("access-1");
  expect(calls).toHaveLength(1);
});

test("works with a clock that is a day fast or slow", async () => {
  for (const skew of [-24 * HOUR, 24 * HOUR]) {
    vi.setSystemTime(Date.UTC(2026, 10, 1) + skew);
    const calls = fakeCognito(() => authenticated("1"));
    const session = signedIn();
    expect(await session.accessToken()).toBe("access-0");
    vi.setSystemTime(Date.now() + HOUR);
    expect(await elapse(session.accessToken())).toBe("access-1");
    expect(calls).toHaveLength(1);
  }
});

test("survives a listener that throws", async () => {
  fakeCognito(() => ({ exception: "NotAuthorizedException" }));
  const session = signedIn();
  const thrown: unknown[] = [];
  vi.stubGlobal("reportError", (error: unknown) => thrown.push(error));
  const users: unknown[] = [];
  session.onChange(() => {
    throw new Error("the page's own");
  });
  const forget = session.onChange((user) => users.push(user));
  session.onChange(() => users.push("forgotten"))();
  await elapse(session.signOut().catch(() => {}));
  forget();
  expect(users).toEqual([undefined]);
  expect(thrown).toHaveLength(1);
});

describe("a refresh that fails", () => {
  test("is retried with the same refresh token after a lost response", async () => {
    const calls = fakeCognito((_, count) => (count < 3 ? new TypeError("reset") : authenticated("1")));
    const session = signedIn();
    vi.setSystemTime(Date.now() + HOUR);
    expect(await elapse(session.accessToken())).toBe("access-1");
    expect(calls.map((call) => call.body["RefreshToken"])).toEqual(["refresh-0", "refresh-0", "refresh-0"]);
  });

  test("is retried only within the grace period of 30 s", async () => {
    vi.spyOn(Math, "random").mockReturnValue(1);
    fakeCognito(() => new TypeError("reset"));
    const session = signedIn();
    vi.setSystemTime(Date.now() + HOUR);
    const before = Date.now();
    expect(await elapse(failure(session.accessToken()))).toMatchObject({ code: "network" });
    expect(Date.now() - before).toBeLessThan(30_000);
  });

  test("is retried within the grace period when requests time out", async () => {
    vi.spyOn(Math, "random").mockReturnValue(1);
    const session = signedIn();
    vi.setSystemTime(Date.now() + HOUR);
    const sent: number[] = [];
    vi.stubGlobal("fetch", (_: string, { signal }: RequestInit) => {
      sent.push(Date.now());
      return new Promise((__, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
    });
    expect(await elapse(failure(session.accessToken()))).toMatchObject({ code: "timeout" });
    expect(sent).toHaveLength(4);
    expect((sent.at(-1) ?? 0) - (sent[0] ?? 0)).toBeLessThan(30_000);
  });

  test("keeps the session while the device is offline", async () => {
    fakeCognito(() => new TypeError("offline"));
    const session = signedIn();
    vi.setSystemTime(Date.now() + HOUR);
    window.online(false);
    expect(await elapse(failure(session.accessToken()))).toMatchObject({ code: "offline" });
    window.online(true);
    fakeCognito(() => authenticated("1"));
    expect(await elapse(session.accessToken())).toBe("access-1");
  });

  test.each(["NotAuthorizedException", "RefreshTokenReuseException", "UserNotFoundException"])(
    "ends the session on %s",
    async (exception) => {
      fakeCognito(() => ({ exception, message: "no" }));
      const session = signedIn();
      const users: unknown[] = [];
      session.onChange((user) => users.push(user));
      vi.setSystemTime(Date.now() + HOUR);
      expect(await elapse(failure(session.accessToken()))).toMatchObject({ code: "signed-out" });
      expect(session.user).toBeUndefined();
      expect(users).toEqual([undefined]);
    },
  );

  test.each(["InternalErrorException", "TooManyRequestsException"])("keeps the session on %s", async (exception) => {
    fakeCognito(() => ({ exception }));
    const session = signedIn();
    vi.setSystemTime(Date.now() + HOUR);
    const error = await elapse(failure(session.accessToken()));
    expect(isClientError(error, "server", "throttled")).toBe(true);
    expect(session.user?.sub).toBe("123");
  });
});

describe("with two tabs", () => {
  let storage: FakeStorage;
  const tab = (): Session => new Session(POOL, webStore(storage, KEY));

  beforeEach(() => {
    storage = new FakeStorage();
    signedIn(webStore(storage, KEY));
  });

  test("one refreshes, and the other takes what it stored", async () => {
    const calls = fakeCognito(() => authenticated("1"));
    const tabs = [tab(), tab()];
    vi.setSystemTime(Date.now() + HOUR);
    const tokens = await elapse(Promise.all(tabs.map((one) => one.accessToken())));
    expect(tokens).toEqual(["access-1", "access-1"]);
    expect(calls).toHaveLength(1);
  });

  test("one signs out, and the other hears of it", async () => {
    fakeCognito(() => ({}));
    const other = tab();
    const users: unknown[] = [];
    other.onChange((user) => users.push(user));
    await elapse(tab().signOut());
    window.events.dispatchEvent(Object.assign(new Event("storage"), { storageArea: storage, key: KEY }));
    expect(users).toEqual([undefined]);
    expect(await failure(other.accessToken())).toMatchObject({ code: "signed-out" });
  });

  test("one refreshes without notifying the listeners of the other", async () => {
    fakeCognito(() => authenticated("1"));
    const other = tab();
    const users: unknown[] = [];
    other.onChange((user) => users.push(user));
    vi.setSystemTime(Date.now() + HOUR);
    await elapse(tab().accessToken());
    window.events.dispatchEvent(Object.assign(new Event("storage"), { storageArea: storage, key: KEY }));
    expect(users).toEqual([]);
  });
});

describe("what is stored", () => {
  test("is the new refresh token before anybody gets the new access token", async () => {
    const storage = new FakeStorage();
    const session = signedIn(webStore(storage, KEY));
    fakeCognito(() => authenticated("1"));
    vi.setSystemTime(Date.now() + HOUR);
    await elapse(session.accessToken());
    expect(storage.getItem(KEY)).toContain("refresh-1");
  });

  test("survives a reload", () => {
    const storage = new FakeStorage();
    signedIn(webStore(storage, KEY));
    expect(new Session(POOL, webStore(storage, KEY)).user?.email).toBe("ann@example.com");
  });

  test("lives in memory when the storage is full, so that no rotated token is lost", async () => {
    const storage = new FakeStorage();
    const session = signedIn(webStore(storage, KEY));
    const calls = fakeCognito((_, count) => authenticated(String(count)));
    storage.full = true;
    for (let hour = 0; hour < 2; hour++) {
      vi.setSystemTime(Date.now() + HOUR);
      await elapse(session.accessToken());
    }
    expect(calls.map((call) => call.body["RefreshToken"])).toEqual(["refresh-0", "refresh-1"]);
  });

  test.each(["null", "{}", "not JSON", '{"access":1,"id":2,"refresh":3,"expires":4}', NO_JWT])("is ignored if it is %s", (text) => {
    const storage = new FakeStorage();
    storage.setItem(KEY, text);
    expect(new Session(POOL, webStore(storage, KEY)).user).toBeUndefined();
  });
});

describe("sign-out", () => {
  test("revokes the refresh token", async () => {
    const calls = fakeCognito(() => ({}));
    const session = signedIn();
    await elapse(session.signOut());
    expect(calls).toEqual([{ action: "RevokeToken", body: { ClientId: "client", Token: "refresh-0" } }]);
    expect(session.user).toBeUndefined();
  });

  test("everywhere ends all sessions of the user", async () => {
    const calls = fakeCognito(() => ({}));
    await elapse(signedIn().signOut(true));
    expect(calls).toEqual([{ action: "GlobalSignOut", body: { AccessToken: "access-0" } }]);
  });

  test.each([false, true])("removes the tokens though Cognito cannot be reached (everywhere: %s)", async (everywhere) => {
    fakeCognito(() => new TypeError("down"));
    const session = signedIn();
    expect(await elapse(failure(session.signOut(everywhere)))).toMatchObject({ code: "network" });
    expect(session.user).toBeUndefined();
  });

  test("during a refresh revokes the new refresh token", async () => {
    const calls = fakeCognito(async (call) => {
      if (call.action === "RevokeToken") return {};
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      return authenticated("1");
    });
    const session = signedIn();
    vi.setSystemTime(Date.now() + HOUR);
    const refresh = failure(session.accessToken());
    await until(() => calls.length === 1);
    await elapse(session.signOut());
    expect(await elapse(refresh)).toMatchObject({ code: "signed-out" });
    expect(session.user).toBeUndefined();
    expect(calls.at(-1)).toEqual({ action: "RevokeToken", body: { ClientId: "client", Token: "refresh-1" } });
  });

  test("does not wait for another tab that hangs in the middle of a refresh", async () => {
    const calls = fakeCognito(() => ({}));
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const lock = navigator.locks.request("rustlambda.session.client", () => held);
    const session = signedIn();
    const before = Date.now();
    await elapse(session.signOut().finally(release));
    await lock;
    expect(Date.now() - before).toBeLessThan(1_000);
    expect(session.user).toBeUndefined();
    expect(calls).toHaveLength(1);
  });

  test("without Web Locks is not undone by a running refresh", async () => {
    vi.stubGlobal("navigator", { onLine: true });
    const calls = fakeCognito(async (call) => {
      if (call.action === "RevokeToken") return {};
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      return authenticated("1");
    });
    const session = signedIn();
    vi.setSystemTime(Date.now() + HOUR);
    const refresh = failure(session.accessToken());
    await elapse(session.signOut());
    expect(await elapse(refresh)).toMatchObject({ code: "signed-out" });
    expect(session.user).toBeUndefined();
    expect(calls.at(-1)?.body["Token"]).toBe("refresh-1");
  });
});
