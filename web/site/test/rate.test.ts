import { expect, test } from "vitest";
import { Rate } from "../src/uploads/rate.ts";

test("says nothing before it has seen two seconds, or while nothing moves", () => {
  const rate = new Rate();
  rate.note(0, 0);
  rate.note(1_000, 1_000);
  expect(rate.secondsFor(5_000)).toBeUndefined();
  rate.note(2_000, 2_000);
  expect(rate.secondsFor(5_000)).toBe(5);
  const still = new Rate();
  still.note(7, 0);
  still.note(7, 9_000);
  expect(still.secondsFor(1)).toBeUndefined();
});

test("forgets how fast it was long ago", () => {
  const rate = new Rate();
  rate.note(0, 0);
  for (let second = 1; second <= 60; second++) rate.note(second < 30 ? second * 1_000 : 29_000 + (second - 29) * 100, second * 1_000);
  expect(rate.secondsFor(1_000)).toBeCloseTo(10);
});

test("begins anew when a part has to be sent again", () => {
  const rate = new Rate();
  rate.note(5_000, 0);
  rate.note(1_000, 3_000);
  rate.note(3_000, 5_000);
  expect(rate.secondsFor(4_000)).toBe(4);
});
