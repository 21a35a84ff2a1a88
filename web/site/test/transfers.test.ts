import { ClientError, type ErrorCode, type Upload, type UploadDescription } from "@rustlambda/client";
import { beforeEach, describe, expect, test } from "vitest";
import { describe as words } from "../src/uploads/transfer-row.ts";
import { type Sender, totals, type Transfer, Transfers } from "../src/uploads/transfers.ts";
import { summary } from "../src/uploads/sending.ts";

/** What the client would do for one file, as far as a test lets it. */
class FakeUpload {
  id: string | undefined;
  runs = 0;
  aborted = false;
  readonly progress = { sent: 0, size: 0 };
  readonly file: File;
  readonly onProgress: (progress: { sent: number; size: number }) => void;
  #finish: { resolve(upload: UploadDescription): void; reject(error: Error): void } | undefined;

  constructor(file: File, onProgress: FakeUpload["onProgress"], id?: string) {
    this.file = file;
    this.onProgress = onProgress;
    this.id = id;
  }

  run(): Promise<UploadDescription> {
    this.runs++;
    return new Promise((resolve, reject) => {
      this.#finish = { resolve, reject };
    });
  }

  pause(): void {
    this.fails("paused");
  }

  async abort(): Promise<void> {
    this.aborted = true;
    this.fails("aborted");
  }

  sends(sent: number): void {
    this.id ??= `id-${this.file.name}`;
    this.onProgress({ sent, size: this.file.size });
  }

  arrives(): void {
    this.id ??= `id-${this.file.name}`;
    this.#finish?.resolve({ upload_id: this.id, status: "RECEIVED" } as UploadDescription);
  }

  fails(code: ErrorCode): void {
    this.#finish?.reject(new ClientError(code, code));
  }
}

let begun: FakeUpload[];
let pending: UploadDescription | undefined;
let arrived: string[];
let failed: string[];
let cancelled: string[];
let dismissed: string[];
let transfers: Transfers;

beforeEach(() => {
  begun = [];
  pending = undefined;
  [arrived, failed, cancelled, dismissed] = [[], [], [], []];
  const begin = (file: File, onProgress: FakeUpload["onProgress"] = () => {}, id?: string): Upload => {
    const upload = new FakeUpload(file, onProgress, id);
    begun.push(upload);
    return upload as unknown as Upload;
  };
  const sender: Sender = {
    create: (file, options) => begin(file, options?.onProgress),
    resume: (id, file, options) => begin(file, options?.onProgress, id),
    findPending: async () => pending,
  };
  transfers = new Transfers(sender, {
    changed() {},
    arrived: ({ file }) => arrived.push(file.name),
    failed: ({ file }) => failed.push(file.name),
    cancelled: ({ file }) => cancelled.push(file.name),
    dismissed: ({ file }) => dismissed.push(file.name),
  });
});

function file(name: string, size = 100): File {
  return new File(["x".repeat(size)], name);
}

function states(): string[] {
  return transfers.all.map(({ file, state }) => `${file.name} ${state}`);
}

function upload(index: number): FakeUpload {
  const found = begun[index];
  if (!found) throw new Error(`only ${begun.length} uploads have begun`);
  return found;
}

/** Lets promises settle. */
async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

async function add(...files: File[]): Promise<void> {
  transfers.add(files);
  await settle();
}

describe("the queue", () => {
  test("sends two files at once, and the next when one has arrived", async () => {
    await add(file("a"), file("b"), file("c"));
    expect(states()).toEqual(["a checking", "b checking", "c queued"]);
    upload(0).sends(50);
    upload(0).arrives();
    await settle();
    expect(states()).toEqual(["a arrived", "b checking", "c checking"]);
    expect(arrived).toEqual(["a"]);
  });

  test("goes on with the next file when one fails", async () => {
    await add(file("a"), file("b"), file("c"));
    upload(0).fails("file-unreadable");
    await settle();
    expect(states()).toEqual(["a failed", "b checking", "c checking"]);
    expect(failed).toEqual(["a"]);
    expect(transfers.all[0]?.problem).toContain("Choose it again");
  });

  test("says of an empty file that it cannot be sent", async () => {
    await add(file("empty", 0));
    expect(states()).toEqual(["empty failed"]);
    expect(begun).toHaveLength(0);
    transfers.goAll();
    await settle();
    expect(begun).toHaveLength(0);
  });

  test("is busy until everything has stopped", async () => {
    expect(transfers.busy).toBe(false);
    await add(file("a"));
    expect(transfers.busy).toBe(true);
    transfers.pauseAll();
    await settle();
    expect(transfers.busy).toBe(false);
  });
});

describe("a file", () => {
  test("is paused and goes on with what has arrived", async () => {
    await add(file("a"));
    upload(0).sends(40);
    transfers.pause(1);
    await settle();
    expect(states()).toEqual(["a paused"]);
    transfers.go(1);
    await settle();
    expect(begun).toHaveLength(1);
    expect(upload(0).runs).toBe(2);
    expect(transfers.all[0]?.sent).toBe(40);
  });

  test("is paused while it waits for its turn", async () => {
    await add(file("a"), file("b"), file("c"));
    transfers.pause(3);
    upload(0).arrives();
    await settle();
    expect(states()).toEqual(["a arrived", "b checking", "c paused"]);
  });

  test("is paused before an earlier attempt was found", async () => {
    transfers.add([file("a")]);
    transfers.pause(1);
    await settle();
    expect(states()).toEqual(["a paused"]);
    expect(upload(0).runs).toBe(0);
  });

  test("is sent again after a failure", async () => {
    await add(file("a"));
    upload(0).fails("network");
    await settle();
    transfers.go(1);
    await settle();
    expect(states()).toEqual(["a checking"]);
    expect(transfers.all[0]).not.toHaveProperty("problem");
  });

  test("that is cancelled is gone, with what has arrived", async () => {
    await add(file("a"), file("b"), file("c"));
    upload(0).sends(10);
    await transfers.cancel(1);
    await settle();
    expect(upload(0).aborted).toBe(true);
    expect(states()).toEqual(["b checking", "c checking"]);
    expect(cancelled).toEqual(["a"]);
    expect(failed).toEqual([]);
  });

  test("whose cancellation fails is not lost", async () => {
    await add(file("a"));
    upload(0).sends(10);
    upload(0).abort = () => Promise.reject(new ClientError("server", "answered 500"));
    await expect(transfers.cancel(1)).rejects.toMatchObject({ code: "server" });
    expect(dismissed).toEqual(["a"]);
  });

  test("that failed is put aside without losing what has arrived", async () => {
    await add(file("a"));
    upload(0).sends(50);
    upload(0).fails("url-refused");
    await settle();
    transfers.dismiss(1);
    expect(states()).toEqual([]);
    expect(dismissed).toEqual(["a"]);
    expect(upload(0).aborted).toBe(false);
  });

  test("that has arrived counts until all have", async () => {
    await add(file("a", 100), file("b", 300));
    upload(0).arrives();
    await settle();
    transfers.dismiss(1);
    expect(transfers.all[0]).toMatchObject({ isSettled: true });
    expect(totals(transfers.all)).toMatchObject({ sent: 100, size: 400 });
    upload(1).arrives();
    await settle();
    transfers.dismiss(2);
    expect(states()).toEqual([]);
  });

  test("is dismissed only when it is done with", async () => {
    await add(file("a"));
    transfers.dismiss(1);
    expect(states()).toEqual(["a checking"]);
    upload(0).arrives();
    await settle();
    transfers.dismiss(1);
    expect(states()).toEqual([]);
  });
});

describe("an earlier attempt", () => {
  const parts = { upload_id: "earlier", multipart: { part_size: 1, parts: 1 } } as UploadDescription;

  test("is resumed when the same file is added again", async () => {
    pending = parts;
    await add(file("a"));
    expect(upload(0).id).toBe("earlier");
    expect(transfers.all[0]).toMatchObject({ resumed: true, id: "earlier" });
  });

  test("of another file with this name and size is left alone", async () => {
    pending = parts;
    await add(file("a"));
    upload(0).fails("different-file");
    await settle();
    expect(begun).toHaveLength(2);
    expect(upload(1).id).toBeUndefined();
    expect(transfers.all[0]).toMatchObject({ state: "checking", resumed: false });
  });

  test("that is going on here is not resumed twice", async () => {
    pending = parts;
    await add(file("a"), file("a"));
    expect(begun.map(({ id }) => id)).toEqual(["earlier", undefined]);
  });

  test("without parts has nothing to resume", async () => {
    pending = { upload_id: "earlier" } as UploadDescription;
    await add(file("a"));
    expect(upload(0).id).toBeUndefined();
  });

  test("that the user names takes no other file", async () => {
    transfers.resume("earlier", file("a"));
    await settle();
    expect(upload(0).id).toBe("earlier");
    upload(0).fails("different-file");
    await settle();
    expect(states()).toEqual(["a failed"]);
    expect(transfers.all[0]?.problem).toContain("not the same file");
    expect(begun).toHaveLength(1);
  });
});

describe("words", () => {
  const one: Transfer = { key: 1, file: file("a", 1_000), state: "sending", sent: 250, resumed: false };

  test.each([
    [one, "250 bytes of 1.00 kB · 25 %"],
    [{ ...one, state: "checking", resumed: true }, "1.00 kB · comparing with what has arrived"],
    [{ ...one, state: "paused" }, "Paused at 25 % of 1.00 kB"],
    [{ ...one, state: "failed", sent: 0 }, "1.00 kB"],
  ] satisfies [Transfer, string][])("say where a file is (%#)", (transfer, text) => {
    expect(words(transfer)).toBe(text);
  });

  test("say how far all are together, without those that failed", () => {
    const all: Transfer[] = [one, { ...one, key: 2, state: "arrived", sent: 1_000 }, { ...one, key: 3, state: "failed", sent: 900 }];
    const sum = totals(all);
    expect(summary(sum, 90)).toBe("3 files · 1.25 kB of 2.00 kB · 62 % · 2 minutes left");
    expect(summary({ ...sum, running: 0 }, undefined)).toBe("3 files · 1.25 kB of 2.00 kB · 62 % · 1 failed");
  });
});
