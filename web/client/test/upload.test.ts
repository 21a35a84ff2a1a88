import { beforeEach, describe, expect, test, vi } from "vitest";
import { isClientError, type Upload, Uploads, type UploadsOptions } from "../src/index.js";
import { type FakeWindow, failure, fakeWindow } from "./support/browser.js";
import { API, FakeService, PART_SIZE, WHOLE_LIMIT } from "./support/service.js";
import { elapse, fakeTime, pass, until } from "./support/time.js";

let window: FakeWindow;
let service: FakeService;

beforeEach(() => {
  fakeTime();
  window = fakeWindow();
  service = new FakeService();
});

/** A page's uploads; a further call is the page after a reload. */
function page(options: Partial<UploadsOptions> = {}): Uploads {
  return new Uploads({ api: API, token: async () => "good", wholeLimit: WHOLE_LIMIT, ...options });
}

/** A file whose every part is different. */
function file(size: number, name = "photo.jpg", seed = 0): File {
  const text = Array.from({ length: size }, (_, index) => String.fromCharCode(97 + ((index * 7 + seed) % 26)));
  return new File([text.join("")], name, { type: "image/jpeg" });
}

const LARGE = 10 * PART_SIZE + 1;
const PUT = "PUT /upload-1-0";
const part = (number: number): string => `${PUT}/${number}`;
const puts = (): string[] => service.log.filter((line) => line.startsWith(PUT));

/** Runs an upload to its end and compares what arrived. */
async function arrives(upload: Upload): Promise<void> {
  const done = await elapse(upload.run());
  expect(done.status).toBe("RECEIVED");
  expect(service.content(done.upload_id)).toBe(await upload.file.text());
  expect(upload.progress).toEqual({ sent: upload.file.size, size: upload.file.size });
}

describe("a small file", () => {
  test.each([0, 1, WHOLE_LIMIT])("of %d bytes goes in one PUT", async (size) => {
    await arrives(page().create(file(size)));
    expect(service.log).toEqual(["POST /uploads", PUT, "GET /uploads/upload-1-0"]);
  });

  test("is announced once after a lost response", async () => {
    service.fault = (line, count) => (line === "POST /uploads" && count === 1 ? "lost" : undefined);
    await arrives(page().create(file(10)));
    expect(service.uploads.size).toBe(1);
  });

  test("arrives when the response to its PUT is lost", async () => {
    service.fault = (line, count) => (line === PUT && count === 1 ? "lost" : undefined);
    await arrives(page().create(file(10)));
    expect(service.uploads.size).toBe(1);
  });

  test("is not sent again when it arrived before its URL expired", async () => {
    service.fault = (line, count) => {
      if (line === PUT && count === 2) service.expireSignatures();
      return line === PUT && count === 1 ? "lost" : undefined;
    };
    await arrives(page().create(file(10)));
    expect(puts()).toHaveLength(2);
    expect(service.count("DELETE /uploads/upload-1-0")).toBe(0);
  });

  test("is announced anew when the time for its PUT is over", async () => {
    service.fault = (line, count) => {
      if (line === PUT && count === 1) {
        service.expireSignatures();
        service.closed.add("upload-1-0");
      }
      return undefined;
    };
    await arrives(page().create(file(10)));
    expect([...service.uploads.keys()]).toEqual(["upload-1-1"]);
  });

  test("is signed again when its URL has expired", async () => {
    service.fault = (line, count) => {
      if (line === PUT && count === 1) service.expireSignatures();
      return undefined;
    };
    await arrives(page().create(file(10)));
    expect(service.uploads.size).toBe(1);
  });
});

describe("a large file", () => {
  test("goes in parts, each once, several at a time", async () => {
    const seen: number[] = [];
    await arrives(page().create(file(LARGE), { onProgress: ({ sent }) => seen.push(sent) }));
    expect(puts().sort()).toEqual(Array.from({ length: 11 }, (_, index) => part(index + 1)).sort());
    expect(service.most).toBe(4);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  });

  test("signs parts a page at a time, and fewer at first to start sooner", async () => {
    await arrives(page({ concurrency: 2 }).create(file(LARGE)));
    expect(service.signed).toEqual([2, 4, 4, 1]);
    expect(service.most).toBe(2);
  });

  test.each<[string, Parameters<typeof service.fault>[1] | number, FakeService["fault"]]>([
    ["is cut", 2, (line, count) => (line === part(3) && count === 1 ? "cut" : undefined)],
    ["loses its answer", 2, (line, count) => (line === part(3) && count === 1 ? "lost" : undefined)],
    ["gets 503", 3, (line, count) => (line === part(3) && count <= 2 ? { status: 503, code: "SlowDown" } : undefined)],
  ])("sends a part again that %s", async (_, sent, fault) => {
    service.fault = fault;
    await arrives(page().create(file(LARGE)));
    expect(service.count(part(3))).toBe(sent);
    expect(puts()).toHaveLength(11 + sent - 1);
  });

  test("signs a part again when its URL has expired", async () => {
    service.fault = (line, count) => {
      if (line === part(3) && count === 1) service.expireSignatures();
      return undefined;
    };
    await arrives(page().create(file(LARGE)));
  });

  test("retries the completion after a lost response", async () => {
    const complete = "POST /uploads/upload-1-0/complete";
    service.fault = (line, count) => (line === complete && count === 1 ? "lost" : undefined);
    await arrives(page().create(file(LARGE)));
    expect(service.count(complete)).toBe(2);
  });

  test("obeys Retry-After", async () => {
    const parts = "POST /uploads/upload-1-0/parts";
    const before = Date.now();
    service.fault = (line, count) => (line === parts && count === 1 ? { status: 429, retryAfter: 40 } : undefined);
    await arrives(page().create(file(LARGE)));
    expect(Date.now() - before).toBeGreaterThanOrEqual(40_000);
  });

  test("does not repeat what a quota refuses, since only its user can make room", async () => {
    const problem = { type: "urn:rustlambda:problem:quota-exceeded", quota: "bytes", limit: 1_000 };
    service.fault = (line) => (line === "POST /uploads" ? { status: 429, problem, retryAfter: 1 } : undefined);
    const error = await elapse(failure(page().create(file(LARGE)).run()));
    expect(error).toMatchObject({ code: "problem", details: { status: 429, problem } });
    expect(service.count("POST /uploads")).toBe(1);
  });

  test("stops sending all parts when one fails for good", async () => {
    // The next page is being retried then, and nobody waits for it any more.
    service.fault = (line, count) => {
      if (line.endsWith("/parts") && count > 1) return { status: 503 };
      return line === part(1) ? { status: 400, code: "BadDigest" } : undefined;
    };
    expect(await elapse(failure(page().create(file(LARGE)).run()))).toMatchObject({ code: "file-changed" });
    const sent = puts().length;
    await pass(60_000);
    expect(puts()).toHaveLength(sent);
    expect(service.open).toBe(0);
  });
});

describe("without a connection", () => {
  test("an upload waits for it, however long that is", async () => {
    const upload = page().create(file(LARGE));
    service.fault = () => (navigator.onLine ? undefined : "cut");
    const run = upload.run();
    await until(() => puts().length >= 3);
    window.online(false);
    await pass(3_600_000);
    const tries = service.log.length;
    await pass(3_600_000);
    expect(service.log).toHaveLength(tries);
    service.expireSignatures();
    window.online(true);
    expect((await elapse(run)).status).toBe("RECEIVED");
    expect(service.content("upload-1-0")).toBe(await upload.file.text());
  });

  test("that the browser does not know of, an upload fails, and can be run again", async () => {
    const upload = page().create(file(LARGE));
    service.fault = (line) => (line.startsWith(part(4)) ? "cut" : undefined);
    expect(await elapse(failure(upload.run()))).toMatchObject({ code: "network" });
    service.fault = () => undefined;
    await arrives(upload);
  });

  test("a stalled part is retried after a minute", async () => {
    const upload = page().create(file(10));
    const send = vi.spyOn(XMLHttpRequest.prototype, "send").mockImplementationOnce(() => undefined);
    await arrives(upload);
    expect(send).toHaveBeenCalledTimes(2);
  });
});

describe("a token that ends in the middle", () => {
  test("is replaced, once it is refused", async () => {
    const asked: (string | undefined)[] = [];
    const token = async (refused?: string): Promise<string> => {
      asked.push(refused);
      return service.tokens.has("good") ? "good" : "new";
    };
    service.fault = (line) => {
      if (line === part(1)) {
        service.tokens.clear();
        service.tokens.add("new");
      }
      return undefined;
    };
    const source = async (refused?: string): Promise<string> => (refused ? token(refused) : "good");
    await arrives(page({ token: source }).create(file(LARGE)));
    expect(asked[0]).toBe("good");
  });

  test("and cannot be replaced fails the upload, which goes on after a sign-in", async () => {
    service.fault = (line) => void (line === part(1) && service.tokens.clear());
    const upload = page().create(file(LARGE));
    expect(await elapse(failure(upload.run()))).toMatchObject({ code: "problem", details: { status: 401 } });
    service.tokens.add("good");
    service.fault = () => undefined;
    await arrives(upload);
  });
});

describe("a pause", () => {
  test("stops everything that is being sent, and the next run sends the rest only", async () => {
    const upload = page().create(file(LARGE));
    const run = failure(upload.run());
    await until(() => puts().length >= 4);
    upload.pause();
    expect(await elapse(run)).toMatchObject({ code: "paused" });
    expect(service.open).toBe(0);
    const sent = new Set(puts());
    await arrives(upload);
    for (const line of sent) expect(service.count(line)).toBe(1);
  });

  test("shows afterwards what has arrived, and not what was on its way", async () => {
    const seen: number[] = [];
    const upload = page().create(file(LARGE), { onProgress: ({ sent }) => seen.push(sent) });
    const run = failure(upload.run());
    await until(() => puts().length >= 4 && upload.progress.sent > 4 * PART_SIZE);
    upload.pause();
    await elapse(run);
    const arrived = service.uploads.get("upload-1-0")?.parts.size ?? 0;
    seen.length = 0;
    await arrives(upload);
    expect(seen[0]).toBe(arrived * PART_SIZE);
  });

  test("before the announcement has an answer does not announce twice", async () => {
    const upload = page().create(file(LARGE));
    const run = failure(upload.run());
    await until(() => service.log.length === 1);
    upload.pause();
    await elapse(run);
    await arrives(upload);
    expect(service.uploads.size).toBe(1);
  });
});

describe("after a reload", () => {
  /** Leaves an upload in the middle, as closing the page does. */
  async function interrupted(): Promise<void> {
    const upload = page().create(file(LARGE));
    const run = failure(upload.run());
    await until(() => puts().length >= 4);
    upload.pause();
    await elapse(run);
  }

  test("the same file goes on with what has not arrived", async () => {
    await interrupted();
    const chosen = file(LARGE);
    const pending = await elapse(page().findPending(chosen));
    expect(pending?.upload_id).toBe("upload-1-0");
    const before = puts();
    await arrives(page().resume("upload-1-0", chosen));
    for (const line of before) expect(service.count(line)).toBe(1);
  });

  test.each([
    ["another name", file(LARGE, "other.jpg")],
    ["another size", file(LARGE + 1)],
    ["other bytes", file(LARGE, "photo.jpg", 1)],
  ])("a file with %s is refused", async (_, other) => {
    await interrupted();
    const before = puts().length;
    expect(await elapse(failure(page().resume("upload-1-0", other).run()))).toMatchObject({ code: "different-file" });
    expect(puts()).toHaveLength(before);
  });

  test("a small file is sent anew, and what was announced is taken back", async () => {
    service.fault = (line) => (line === PUT ? "cut" : undefined);
    await elapse(failure(page().create(file(10)).run()));
    service.fault = () => undefined;
    const done = await elapse(page().resume("upload-1-0", file(10)).run());
    expect(service.content(done.upload_id)).toBe(await file(10).text());
    expect([...service.uploads.keys()]).toEqual([done.upload_id]);
  });

  test("an upload whose parts have all arrived is completed", async () => {
    service.fault = (line) => (line.endsWith("/complete") ? { status: 503 } : undefined);
    await elapse(failure(page().create(file(LARGE)).run()));
    service.fault = () => undefined;
    const sent = puts().length;
    const signings = service.count("POST /uploads/upload-1-0/parts");
    await arrives(page().resume("upload-1-0", file(LARGE)));
    expect(puts()).toHaveLength(sent);
    expect(service.count("POST /uploads/upload-1-0/parts")).toBe(signings);
  });

  test("an upload that has arrived meanwhile is done", async () => {
    await arrives(page().create(file(10)));
    const sent = puts().length;
    expect((await elapse(page().resume("upload-1-0", file(10)).run())).status).toBe("RECEIVED");
    expect(puts()).toHaveLength(sent);
  });

  test("an upload that has failed meanwhile is an error with its reason", async () => {
    await interrupted();
    Object.assign(service.uploads.get("upload-1-0") ?? {}, { status: "FAILED", reason: "too late" });
    const error = await elapse(failure(page().resume("upload-1-0", file(LARGE)).run()));
    expect(error).toMatchObject({ code: "upload-ended" });
    expect(error.message).toContain("too late");
  });

  test("a pending upload is found on any page of the list", async () => {
    await interrupted();
    for (const name of ["a", "b", "c"]) {
      const upload = page().create(file(LARGE, name));
      const run = failure(upload.run());
      await until(() => upload.id !== undefined);
      upload.pause();
      await elapse(run);
    }
    expect((await elapse(page().findPending(file(LARGE))))?.upload_id).toBe("upload-1-0");
    expect(await elapse(page().findPending(file(LARGE + 1)))).toBeUndefined();
  });
});

test("an aborted upload is deleted", async () => {
  const upload = page().create(file(LARGE));
  const run = failure(upload.run());
  await until(() => puts().length >= 2);
  await elapse(upload.abort());
  expect(await elapse(run)).toMatchObject({ code: "aborted" });
  expect(service.uploads.size).toBe(0);
  expect(service.open).toBe(0);
});

test("a delete is retried after a lost response", async () => {
  await arrives(page().create(file(10)));
  service.fault = (line, count) => (line.startsWith("DELETE") && count === 1 ? "lost" : undefined);
  await elapse(page().delete("upload-1-0"));
  expect(service.uploads.size).toBe(0);
});

test("an upload survives an hour of sleep, which ends connections, URLs and token", async () => {
  const token = async (refused?: string): Promise<string> => (refused ? "new" : "good");
  const upload = page({ token }).create(file(LARGE));
  let asleep = true;
  service.fault = (line) => {
    if (!line.startsWith(PUT) || !asleep || puts().length < 6) return undefined;
    asleep = false;
    vi.setSystemTime(Date.now() + 3_600_000);
    service.expireSignatures();
    service.tokens.clear();
    service.tokens.add("new");
    return "cut";
  };
  await arrives(upload);
});

test("an upload runs once at a time", async () => {
  const upload = page().create(file(10));
  const run = upload.run();
  expect(await failure(upload.run())).toMatchObject({ code: "invalid-parameter" });
  await elapse(run);
});

test("an unreadable file is reported", async () => {
  const gone = file(10);
  gone.arrayBuffer = () => Promise.reject(new DOMException("gone", "NotReadableError"));
  expect(await elapse(failure(page().create(gone).run()))).toMatchObject({ code: "file-unreadable" });
});

test("the API's problem reaches the caller, with its type", async () => {
  const error = await elapse(failure(page().get("nothing")));
  expect(isClientError(error, "problem") && error.details.problem).toMatchObject({
    type: "https://example.com/problem",
    detail: "no such upload",
  });
});

test("a multipart plan that does not fit the file is refused", async () => {
  const upload = page().create(file(LARGE));
  const run = failure(upload.run());
  await until(() => upload.id !== undefined);
  upload.pause();
  await elapse(run);
  Object.assign(service.uploads.get("upload-1-0")?.multipart ?? {}, { parts: 3 });
  const error = await elapse(failure(page().resume("upload-1-0", file(LARGE)).run()));
  expect(error).toMatchObject({ code: "unexpected-response" });
});

test("waiting tells of every status until the upload is processed", async () => {
  await arrives(page().create(file(10)));
  const upload = service.uploads.get("upload-1-0");
  const seen: string[] = [];
  const settled = page().settled("upload-1-0", ({ status }) => {
    seen.push(status);
    if (upload) upload.status = status === "RECEIVED" ? "PROCESSING" : "PROCESSED";
  });
  expect((await elapse(settled)).status).toBe("PROCESSED");
  expect(seen).toEqual(["RECEIVED", "PROCESSING", "PROCESSED"]);
});
