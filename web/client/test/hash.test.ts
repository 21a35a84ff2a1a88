import { createHash } from "node:crypto";
import { expect, test, vi } from "vitest";
import { type HashRequest, hashHere, hashIn } from "../src/upload/hash.js";
import { failure } from "./support/browser.js";

const DIGEST = createHash("sha256").update("bytes").digest("hex");

/** Runs src/hash-worker.ts as a worker whose messages are delivered later. */
async function packaged(): Promise<Worker> {
  const worker = {} as Worker;
  let receive: (event: { data: unknown }) => void = () => {};
  vi.stubGlobal("addEventListener", (_: string, listener: typeof receive) => (receive = listener));
  vi.stubGlobal("postMessage", (data: unknown) => setTimeout(() => worker.onmessage?.({ data } as MessageEvent)));
  vi.resetModules();
  await import("../src/hash-worker.js");
  worker.postMessage = (data: HashRequest) => void setTimeout(() => receive({ data }));
  return worker;
}

test("the worker hashes what it is sent, each for the one who asked", async () => {
  const worker = await packaged();
  const hash = hashIn(() => worker);
  const other = createHash("sha256").update("other").digest("hex");
  expect(await Promise.all([hash(new Blob(["bytes"])), hash(new Blob(["other"]))])).toEqual([DIGEST, other]);
  expect(await hashHere(new Blob(["bytes"]))).toBe(DIGEST);
});

test("the worker tells of a piece that it cannot read", async () => {
  const worker = await packaged();
  const piece = new Blob([]);
  piece.arrayBuffer = () => Promise.reject(new DOMException("gone", "NotReadableError"));
  const error = await failure(hashIn(() => worker)(piece));
  expect(error).toMatchObject({ code: "file-unreadable" });
  expect(error.message).toContain("gone");
});

test("a worker that does not start fails all who wait, and is started again for the next", async () => {
  const workers: Worker[] = [];
  const hash = hashIn(() => {
    const worker = { postMessage: () => {} } as unknown as Worker;
    workers.push(worker);
    return worker;
  });
  const waiting = [failure(hash(new Blob([]))), failure(hash(new Blob([])))];
  workers[0]?.onerror?.({ message: "" } as ErrorEvent);
  for (const error of await Promise.all(waiting)) expect(error.message).toContain("Content-Security-Policy");
  void hash(new Blob([]));
  expect(workers).toHaveLength(2);
});

test("a worker that the page's policy forbids is reported", async () => {
  const hash = hashIn(() => {
    throw new TypeError("This document requires 'TrustedScriptURL' assignment.");
  });
  const error = await failure(hash(new Blob([])));
  expect(error).toMatchObject({ name: "ClientError", code: "invalid-parameter" });
  expect(error.message).toContain("TrustedScriptURL");
});
