import { describe, expect, test } from "vitest";
import { PRIME, SrpClient, srpTimestamp } from "../src/cognito/srp.js";
import { fromHex } from "../src/encoding.js";
import vectors from "./srp-vectors.json" with { type: "json" };

// Computed once with amazon-cognito-identity-js 6.3.21, AWS's own library, for values whose encodings are awkward.
describe.each(vectors)("with $case", (vector) => {
  const client = new SrpClient(fromHex(vector.a));
  const challenge = {
    userId: vector.user,
    salt: vector.salt,
    publicB: vector.publicB,
    secretBlock: vector.secretBlock,
  };

  test("sends the public value that AWS's library sends", () => {
    expect(client.publicA).toBe(vector.publicA);
  });

  test("signs as AWS's library signs", async () => {
    const signature = await client.sign(vector.poolId, vector.password, challenge, vector.timestamp);
    expect(signature).toBe(vector.signature);
  });
});

test.each(["0", "00"])("refuses the public value %s, with which any password would be proved", async (publicB) => {
  const challenge = { userId: "u", salt: "01", publicB, secretBlock: "" };
  await expect(new SrpClient().sign("eu-west-1_A", "p", challenge, "")).rejects.toThrow("not safe to answer");
});

test("refuses a public value that is a multiple of the prime", async () => {
  const challenge = { userId: "u", salt: "01", publicB: (3n * PRIME).toString(16), secretBlock: "" };
  await expect(new SrpClient().sign("eu-west-1_A", "p", challenge, "")).rejects.toThrow("not safe to answer");
});

test("draws another secret for each sign-in", () => {
  expect(new SrpClient().publicA).not.toBe(new SrpClient().publicA);
});

test.each([
  [Date.UTC(2025, 10, 1, 9, 5, 7), "Sat Nov 1 09:05:07 UTC 2025"],
  [Date.UTC(2026, 11, 31, 23, 59, 59), "Thu Dec 31 23:59:59 UTC 2026"],
])("writes times as Cognito reads them", (milliseconds, text) => {
  expect(srpTimestamp(milliseconds)).toBe(text);
});
