import { beforeEach, expect, test, vi } from "vitest";
import { ClientError } from "../src/errors.js";
import { put } from "../src/upload/put.js";
import { failure, fakeWindow } from "./support/browser.js";
import { FakeService } from "./support/service.js";
import { elapse, fakeTime } from "./support/time.js";

const TARGET = { url: "https://bucket.s3.example.com/upload/1", headers: {} };

let service: FakeService;

beforeEach(() => {
  fakeTime();
  fakeWindow();
  service = new FakeService();
});

function send(signal = new AbortController().signal): Promise<void> {
  return put(TARGET, new Blob(["bytes"]), () => {}, signal);
}

test.each([
  [403, "AccessDenied", "url-refused"],
  [403, "SignatureDoesNotMatch", "url-refused"],
  [400, "BadDigest", "file-changed"],
  [400, "XAmzContentChecksumMismatch", "file-changed"],
  [400, "RequestTimeout", "server"],
  [409, "ConditionalRequestConflict", "server"],
  [404, "NoSuchUpload", "upload-ended"],
  [500, "InternalError", "server"],
  [503, "SlowDown", "server"],
])("makes S3's %d %s the error %s", async (status, code, expected) => {
  service.fault = () => ({ status, code });
  expect(await elapse(failure(send()))).toMatchObject({ code: expected, details: { status, service: code } });
});

test("takes a 412 as arrived: an earlier PUT of these bytes lost its answer", async () => {
  service.fault = () => ({ status: 412, code: "PreconditionFailed" });
  await elapse(send());
  expect(service.log).toHaveLength(1);
});

test("times out after a minute without progress", async () => {
  vi.spyOn(XMLHttpRequest.prototype, "send").mockImplementationOnce(() => undefined);
  expect(await elapse(failure(send()))).toMatchObject({ code: "timeout" });
});

test("reports a failed connection", async () => {
  service.fault = () => "cut";
  expect(await elapse(failure(send()))).toMatchObject({ code: "network" });
});

test("sends nothing after an abort", async () => {
  const reason = new ClientError("paused", "paused");
  expect(await failure(send(AbortSignal.abort(reason)))).toBe(reason);
  expect(service.log).toEqual([]);
});
