import { expect, test } from "vitest";
import { outline } from "../src/auth/qr.ts";
import { groups } from "../src/auth/totp-setup.ts";
import { beginning, kindOf } from "../src/uploads/preview.ts";

test.each([
  ["image/png", "image"],
  ["image/svg+xml", "image"],
  ["image/tiff", "none"],
  ["text/plain; charset=utf-8", "text"],
  ["TEXT/CSV", "text"],
  ["application/json", "text"],
  ["application/problem+json", "text"],
  ["application/pdf", "none"],
  ["application/jsonish", "none"],
  ["", "none"],
])("%s can be looked into as %s", (type, kind) => {
  expect(kindOf(type)).toBe(kind);
});

/** A body that tells whether the rest of it was cancelled. */
function body(...chunks: string[]): { stream: ReadableStream<Uint8Array>; cancelled(): boolean } {
  let cancelled = false;
  const left = chunks.map((chunk) => new TextEncoder().encode(chunk));
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      const next = left.shift();
      if (next) controller.enqueue(next);
      else controller.close();
    },
    cancel() {
      cancelled = true;
    },
  });
  return { stream, cancelled: () => cancelled };
}

test("reads a short text whole", async () => {
  expect(await beginning(body("one ", "two").stream)).toEqual({ text: "one two", cut: false });
  expect(await beginning(body("12345678").stream, 8)).toEqual({ text: "12345678", cut: false });
});

test("reads no more of a long text than it shows, and halves no character", async () => {
  const long = body("abcd", "efgé", "never read");
  expect(await beginning(long.stream, 8)).toEqual({ text: "abcdefg", cut: true });
  expect(long.cancelled()).toBe(true);
});

test("does not take binary for text", async () => {
  expect(await beginning(body("MZ\0\0").stream)).toBeUndefined();
});

test("a QR code is drawn run by run", () => {
  const dark = ["##.", "...", ".##"];
  const path = outline({ size: 3, get: (x, y) => dark[y]?.[x] === "#" });
  expect(path).toBe("M0 0h2v1h-2zM1 2h2v1h-2z");
});

test("a key is written in groups that people can type", () => {
  expect(groups("ABCDEFGHIJ")).toBe("ABCD EFGH IJ");
  expect(groups("ABCDEFGH")).toBe("ABCD EFGH");
});
