import { expect, test } from "vitest";
import { bytes, moment, percent, plural, span } from "../src/format.ts";

test.each([
  [0, "0 bytes"],
  [1, "1 byte"],
  [999, "999 bytes"],
  [1_000, "1.00 kB"],
  [9_995, "10.0 kB"],
  [99_949, "99.9 kB"],
  [99_950, "100 kB"],
  [999_499, "999 kB"],
  [999_500, "1.00 MB"],
  [200_000_000, "200 MB"],
  [5e15, "5000 TB"],
])("%d bytes are %s", (count, text) => {
  expect(bytes(count)).toBe(text);
});

test("a percentage is 100 only at the end", () => {
  expect(percent(999_999, 1_000_000)).toBe("99 %");
  expect(percent(1_000_000, 1_000_000)).toBe("100 %");
  expect(percent(0, 0)).toBe("0 %");
});

test.each([
  [3, "a few seconds"],
  [11, "20 seconds"],
  [54, "60 seconds"],
  [55, "1 minute"],
  [150, "3 minutes"],
  [3_600, "1 hour"],
  [9_000, "3 hours"],
])("%d seconds are %s", (seconds, text) => {
  expect(span(seconds)).toBe(text);
});

test("a moment has its year only when that is another one", () => {
  const now = new Date(2026, 10, 21, 12);
  const at = (...date: [number, number, number, number, number]): string => moment(new Date(...date).toISOString(), now, "en-GB");
  expect(at(2026, 10, 21, 9, 5)).toBe("today, 09:05");
  expect(at(2026, 10, 20, 9, 5)).toBe("20 Nov, 09:05");
  expect(at(2025, 10, 20, 9, 5)).toBe("20 Nov 2025, 09:05");
  expect(moment("never", now)).toBe("");
});

test("nouns have their plural", () => {
  expect([0, 1, 2].map((count) => plural(count, "file"))).toEqual(["0 files", "1 file", "2 files"]);
});
