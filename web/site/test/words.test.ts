import { ClientError, type ErrorCode, type Problem } from "@rustlambda/client";
import { describe, expect, test } from "vitest";
import { PROBLEM_NAMES, problemName, wordsFor } from "../src/words.ts";

/** The problem types of docs/problems.md. */
const NAMES = [
  "invalid-request",
  "checksum-mismatch",
  "not-signed-in",
  "forbidden",
  "not-found",
  "method-not-allowed",
  "not-acceptable-state",
  "parts-missing",
  "key-reused",
  "key-in-use",
  "precondition-failed",
  "content-too-large",
  "unsupported-media-type",
  "quota-exceeded",
  "unavailable",
  "internal",
];

function problem(name: string, more: object = {}, code: ErrorCode = "problem", status = 400): ClientError {
  const details: Problem = { type: `urn:rustlambda:problem:${name}`, ...more };
  return new ClientError(code, "for developers", { status, problem: details });
}

describe("problems of the API", () => {
  test("all have words of their own", () => {
    expect([...PROBLEM_NAMES].sort()).toEqual([...NAMES].sort());
    const said = NAMES.map((name) => wordsFor(problem(name)));
    for (const text of said) expect(text).toMatch(/^[A-Z].{10,}\.$/);
    expect(said).not.toContain(wordsFor(problem("anything-else")));
  });

  test("say which quota is used up, and what to do", () => {
    expect(wordsFor(problem("quota-exceeded", { quota: "bytes", limit: 5e9 }))).toBe(
      "Your storage of 5.00 GB is full. Delete uploads that you no longer need, then try again.",
    );
    expect(wordsFor(problem("quota-exceeded", { quota: "open_uploads", limit: 100 }))).toContain("(at most 100)");
  });

  test("repeat the detail where only the API knows what is wrong", () => {
    const errors = [{ detail: "must have at most 255 bytes", pointer: "/filename" }];
    expect(wordsFor(problem("invalid-request", { detail: "the body is invalid", errors }))).toBe(
      "The service does not take this request: filename must have at most 255 bytes.",
    );
    expect(wordsFor(problem("new-in-a-later-version", { detail: "no more than three" }))).toContain("no more than three.");
  });

  test("count the parts that are missing", () => {
    expect(wordsFor(problem("parts-missing", { missing: [3] }))).toMatch(/^1 part of/);
    expect(wordsFor(problem("parts-missing", { missing: [3, 4] }))).toMatch(/^2 parts of/);
  });

  test("are told by their type, also when the client retried them", () => {
    expect(problemName(problem("unavailable", {}, "server", 503))).toBe("unavailable");
    expect(wordsFor(problem("unavailable", {}, "server", 503))).toContain("not available");
    expect(problemName(new ClientError("offline", ""))).toBeUndefined();
  });

  test("without a type are the gateway's, such as 401 at the end of a session", () => {
    const gateway = new ClientError("problem", "", { status: 401, problem: { type: "about:blank", message: "Unauthorized" } });
    expect(wordsFor(gateway)).toBe("Your session has ended. Sign in again.");
  });
});

describe("errors of the client", () => {
  test("say how long to wait", () => {
    expect(wordsFor(new ClientError("throttled", "", { retryAfter: 180_000 }))).toContain("in 3 minutes");
    expect(wordsFor(new ClientError("throttled", ""))).toContain("in a moment");
  });

  test("repeat why Cognito refused a password", () => {
    const error = new ClientError("password-refused", "Password must have symbol characters");
    expect(wordsFor(error)).toBe("This password is not strong enough. Password must have symbol characters.");
  });

  test("take other words where those fit better", () => {
    expect(wordsFor(new ClientError("not-authorized", ""), { "not-authorized": "Too late." })).toBe("Too late.");
  });

  test("never show what only developers understand", () => {
    expect(wordsFor(new TypeError("x is undefined"))).not.toContain("undefined");
    expect(wordsFor(new ClientError("network", "bucket.s3.example.com cannot be reached"))).not.toContain("s3");
  });
});
