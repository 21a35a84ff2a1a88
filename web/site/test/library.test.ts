import { ClientError, type UploadDescription, type UploadStatus } from "@rustlambda/client";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { Library, type Source } from "../src/uploads/library.ts";

const PAGE = 2;

/** The service: uploads by id, newest first. */
let service: Map<string, UploadDescription>;
let calls: string[];
let finished: string[];

const source: Source = {
  async list({ status, cursor } = {}) {
    calls.push(`list ${status ?? "all"} ${cursor ?? ""}`.trim());
    const found = [...service.values()].filter((upload) => status === undefined || upload.status === status);
    const from = Number(cursor ?? 0);
    return { items: found.slice(from, from + PAGE), ...(from + PAGE < found.length && { cursor: String(from + PAGE) }) };
  },
  async get(id) {
    calls.push(`get ${id}`);
    const found = service.get(id);
    if (found) return found;
    throw new ClientError("problem", "gone", { status: 404, problem: { type: "urn:rustlambda:problem:not-found" } });
  },
  async delete(id) {
    service.delete(id);
  },
  async retry(id) {
    becomes(id, "RECEIVED");
  },
};

function upload(upload_id: string, status: UploadStatus): UploadDescription {
  const time = "2026-11-01T00:00:00Z";
  return { upload_id, status, filename: `${upload_id}.txt`, content_type: "text/plain", size: 1, created_at: time, updated_at: time };
}

function becomes(id: string, status: UploadStatus): void {
  service.set(id, upload(id, status));
}

function shown(library: Library): string[] {
  return library.items.map(({ upload_id, status }) => `${upload_id} ${status}`);
}

beforeEach(() => {
  vi.useFakeTimers();
  calls = [];
  finished = [];
  service = new Map();
  for (const id of ["e", "d", "c", "b", "a"]) becomes(id, "PROCESSED");
});

function open(): Library {
  return new Library(source, { changed() {}, finished: ({ upload_id }) => finished.push(upload_id) });
}

describe("pages", () => {
  test("are added one after another, and none twice", async () => {
    const library = open();
    await library.load();
    expect(library.hasMore).toBe(true);
    service = new Map([["f", upload("f", "PROCESSED")], ...service]);
    await library.more();
    await library.more();
    expect(shown(library).map((line) => line[0])).toEqual(["e", "d", "c", "b", "a"]);
    expect(library.hasMore).toBe(false);
  });

  test("begin anew with another filter", async () => {
    becomes("b", "FAILED");
    const library = open();
    await library.load();
    await library.load("FAILED");
    expect(shown(library)).toEqual(["b FAILED"]);
    expect(calls).toEqual(["list all", "list FAILED"]);
  });

  test("of an earlier filter are dropped when they come late", async () => {
    let late: (page: { items: UploadDescription[] }) => void = () => {};
    const slow: Source = { ...source, list: (filter) => (filter?.status ? source.list(filter) : new Promise((resolve) => (late = resolve))) };
    const library = new Library(slow, { changed() {}, finished() {} });
    const first = library.load();
    becomes("b", "FAILED");
    await library.load("FAILED");
    late({ items: [upload("e", "PROCESSED")] });
    await first;
    expect(shown(library)).toEqual(["b FAILED"]);
  });
});

describe("what is not finished", () => {
  test("is looked at until it is, and told once", async () => {
    becomes("e", "RECEIVED");
    const library = open();
    await library.load();
    await vi.advanceTimersByTimeAsync(1_000);
    becomes("e", "PROCESSING");
    await vi.advanceTimersByTimeAsync(3_000);
    expect(shown(library)[0]).toBe("e PROCESSING");
    becomes("e", "PROCESSED");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(finished).toEqual(["e"]);
    const { length } = calls;
    await vi.advanceTimersByTimeAsync(600_000);
    expect(calls).toHaveLength(length);
  });

  test("is asked for with one request if a page holds it", async () => {
    becomes("e", "RECEIVED");
    becomes("d", "PROCESSING");
    becomes("b", "PROCESSING");
    const library = open();
    await library.load();
    await library.more();
    calls = [];
    await vi.advanceTimersByTimeAsync(1_000);
    expect(calls).toEqual(["list all", "get b"]);
  });

  test("includes what has just been sent, before the service notices", async () => {
    const library = open();
    await library.load();
    service = new Map([["n", upload("n", "PENDING")], ...service]);
    library.add(upload("n", "PENDING"));
    expect(library.isSent("n")).toBe(true);
    expect(shown(library)[0]).toBe("n PENDING");
    becomes("n", "PROCESSED");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(shown(library)[0]).toBe("n PROCESSED");
  });

  test("does not include what nobody sends", async () => {
    becomes("e", "PENDING");
    const library = open();
    await library.load();
    calls = [];
    await vi.advanceTimersByTimeAsync(60_000);
    expect(calls).toEqual([]);
  });

  test("leaves the list when it was deleted elsewhere", async () => {
    becomes("e", "RECEIVED");
    const library = open();
    await library.load();
    service.delete("e");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(shown(library)).toEqual(["d PROCESSED"]);
  });

  test("begins again with a retry", async () => {
    becomes("e", "FAILED");
    const library = open();
    await library.load();
    await vi.advanceTimersByTimeAsync(60_000);
    await library.retry("e");
    expect(shown(library)[0]).toBe("e RECEIVED");
    becomes("e", "PROCESSED");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(finished).toEqual(["e"]);
  });
});

test("what this page no longer sends is shown once, if it exists", async () => {
  const library = open();
  await library.load();
  service = new Map([["n", upload("n", "PENDING")], ...service]);
  await library.show("n");
  await library.show("n");
  await library.show("gone");
  expect(shown(library)).toEqual(["n PENDING", "e PROCESSED", "d PROCESSED"]);
});

test("what came and changed elsewhere is shown when the user comes back", async () => {
  becomes("d", "PENDING");
  const library = open();
  await library.load();
  becomes("d", "PROCESSED");
  service.delete("c");
  service = new Map([["n", upload("n", "PENDING")], ...service]);
  const all = library.items.length;
  await library.refresh();
  expect(shown(library)).toEqual(["n PENDING", "e PROCESSED", "d PENDING"]);
  service.delete("n");
  await library.refresh();
  expect(shown(library)).toContain("d PROCESSED");
  expect(library.items).toHaveLength(all + 1);
});

test("what is deleted leaves the list", async () => {
  const library = open();
  await library.load();
  await library.delete("e");
  expect(shown(library)).toEqual(["d PROCESSED"]);
});
