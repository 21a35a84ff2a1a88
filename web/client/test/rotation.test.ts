import { beforeEach, expect, test, vi } from "vitest";
import { tokensOf } from "../src/cognito/tokens.js";
import { Session } from "../src/session/session.js";
import { webStore } from "../src/session/store.js";
import { FakeStorage, fakeWindow } from "./support/browser.js";
import { authenticated, fakeCognito, POOL, type Reply } from "./support/cognito.js";
import { elapse, fakeTime } from "./support/time.js";

const GRACE = 30_000;
const HOUR = 3_600_000;

/** Numbers that look random, the same ones in every run (a linear congruential generator). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A Cognito with refresh token rotation: a token dies 30 s after the first one that it was exchanged for. */
class RotatingCognito {
  readonly #diesAt = new Map([["refresh-0", Number.POSITIVE_INFINITY]]);
  reused = 0;

  exchange(refresh: unknown): Reply {
    const diesAt = this.#diesAt.get(String(refresh));
    if (diesAt === undefined || diesAt <= Date.now()) {
      this.reused++;
      return { exception: "RefreshTokenReuseException" };
    }
    this.#diesAt.set(String(refresh), Math.min(diesAt, Date.now() + GRACE));
    const name = String(this.#diesAt.size);
    this.#diesAt.set(`refresh-${name}`, Number.POSITIVE_INFINITY);
    return authenticated(name);
  }
}

beforeEach(() => {
  fakeTime();
  fakeWindow();
});

test.each([1, 2, 3, 4, 5])("three tabs stay signed in for days though answers get lost (run %d)", async (seed) => {
  const random = numbers(seed);
  vi.spyOn(Math, "random").mockImplementation(random);
  const cognito = new RotatingCognito();
  fakeCognito(async ({ body }) => {
    await new Promise((resolve) => setTimeout(resolve, 2_000 * random()));
    if (random() < 0.1) return new TypeError("the request is lost");
    const answer = cognito.exchange(body["RefreshToken"]);
    await new Promise((resolve) => setTimeout(resolve, 2_000 * random()));
    return random() < 0.1 ? new TypeError("the answer is lost") : answer;
  });
  const storage = new FakeStorage();
  const tabs = Array.from({ length: 3 }, () => new Session(POOL, webStore(storage, "tokens")));
  tabs[0]?.begin(tokensOf(authenticated("0")["AuthenticationResult"]));
  for (let hour = 0; hour < 72; hour++) {
    vi.setSystemTime(Date.now() + HOUR);
    const tokens = await elapse(Promise.all(tabs.map((tab) => tab.accessToken())));
    expect(new Set(tokens).size).toBe(1);
  }
  expect(cognito.reused).toBe(0);
});
