import { beforeEach, expect, test, vi } from "vitest";
import { request } from "../src/net/request.js";
import { type FakeWindow, failure, fakeWindow } from "./support/browser.js";

let window: FakeWindow;

beforeEach(() => {
  window = fakeWindow();
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("failed")));
});

test.each(["https://api.example.com/uploads", "/api/uploads"])("names what cannot be reached: %s", async (url) => {
  const error = await failure(request(url, {}));
  expect(error).toMatchObject({ code: "network", message: expect.stringMatching(/^(api.example.com|\/api\/uploads) /) });
});

test("tells a device that is offline from a service that is down", async () => {
  window.online(false);
  expect(await failure(request("https://api.example.com/", {}))).toMatchObject({ code: "offline" });
});

test("sends no cookies, and follows no redirect with a token", async () => {
  const fetch = vi.fn(async () => new Response("{}"));
  vi.stubGlobal("fetch", fetch);
  await request("https://api.example.com/", {});
  expect(fetch).toHaveBeenCalledWith(
    "https://api.example.com/",
    expect.objectContaining({ credentials: "omit", redirect: "error", cache: "no-store" }),
  );
});

test("ends when its caller does not want the answer any more", async () => {
  const error = await failure(request("https://api.example.com/", {}, { signal: AbortSignal.abort("enough") }));
  expect(error).toMatchObject({ code: "aborted", cause: "enough" });
});
