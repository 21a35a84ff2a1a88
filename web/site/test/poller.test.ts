import { beforeEach, expect, test, vi } from "vitest";
import { type Look, Poller } from "../src/uploads/poller.ts";

let looks: number[];
let began: number;

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  looks = [];
});

/** A poller that finds these one after another, and the last of them from then on. */
function poller(...found: (Look | Error)[]): Poller {
  began = Date.now();
  return new Poller(async () => {
    looks.push(Date.now() - began);
    const next = found.length > 1 ? found.shift() : found[0];
    if (next instanceof Error) throw next;
    return next ?? "done";
  });
}

test("looks more and more seldom, but every 15 seconds", async () => {
  poller("same").kick();
  await vi.advanceTimersByTimeAsync(75_000);
  expect(looks.slice(0, 4)).toEqual([1_000, 2_500, 4_750, 8_125]);
  const pauses = looks.slice(1).map((at, index) => at - (looks[index] ?? 0));
  expect(Math.max(...pauses)).toBe(15_000);
});

test("looks often again after a change", async () => {
  poller("same", "same", "changed", "same").kick();
  await vi.advanceTimersByTimeAsync(8_300);
  expect(looks).toEqual([1_000, 2_500, 4_750, 5_750, 7_250]);
});

test("takes a failure for no change", async () => {
  poller(new Error("no network"), "same").kick();
  await vi.advanceTimersByTimeAsync(3_000);
  expect(looks).toEqual([1_000, 2_500]);
});

test("ends when there is nothing to wait for, and begins again when kicked", async () => {
  const done = poller("done");
  done.kick();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(looks).toEqual([1_000]);
  done.kick();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(looks).toEqual([1_000, 61_000]);
});

test("looks again when kicked during the last look", async () => {
  let finish: (look: Look) => void = () => {};
  let count = 0;
  const slow = new Poller(() => {
    count++;
    return new Promise((resolve) => {
      finish = resolve;
    });
  });
  slow.kick();
  await vi.advanceTimersByTimeAsync(1_000);
  slow.kick();
  finish("done");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(count).toBe(2);
});

test("stops at once", async () => {
  const stopped = poller("same");
  stopped.kick();
  stopped.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(looks).toEqual([]);
});
