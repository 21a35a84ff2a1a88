import { expect, test } from "vitest";
import { parseConfig } from "../src/config.ts";

const LEAST = { api: "/", user_pool_id: "eu-west-1_A", user_pool_client_id: "b" };

test("three members are enough", () => {
  expect(parseConfig(LEAST)).toEqual({
    api: "",
    userPoolId: "eu-west-1_A",
    clientId: "b",
    cognito: undefined,
    hostedUi: undefined,
    wholeLimit: 16_777_216,
    selfSignUp: true,
  });
});

test("reads what Terraform writes, which is strings", () => {
  const all = { ...LEAST, api: "https://api.example.com/v1/", cognito: "https://c", sign_in: "https://h", multipart_above_bytes: "5242880", self_sign_up: "false" };
  expect(parseConfig({ ...all, uploads: "https://u", results: "https://r" })).toMatchObject({
    api: "https://api.example.com/v1",
    cognito: "https://c",
    hostedUi: "https://h",
    wholeLimit: 5_242_880,
    selfSignUp: false,
  });
});

test.each(["api", "user_pool_id", "user_pool_client_id"])("says that %s is missing", (name) => {
  expect(() => parseConfig({ ...LEAST, [name]: undefined })).toThrow(`config.json has no "${name}"`);
});

test("says what cannot be used", () => {
  expect(() => parseConfig([])).toThrow("not a JSON object");
  expect(() => parseConfig({ ...LEAST, api: 1 })).toThrow('"api" is not a string');
  expect(() => parseConfig({ ...LEAST, multipart_above_bytes: "16 MiB" })).toThrow('"multipart_above_bytes" is not a number');
});
