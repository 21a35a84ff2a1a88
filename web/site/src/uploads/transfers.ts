/** Files on their way: a queue with pause, resume and cancel. */

import { isClientError, type Upload, type UploadDescription, type Uploads } from "@rustlambda/client";
import { wordsFor } from "../words.ts";

/** Where a file is. `checking` is before its first byte: it is hashed, and an earlier attempt is looked for. */
export type TransferState = "queued" | "checking" | "sending" | "paused" | "failed" | "arrived";

/** A file on its way. */
export interface Transfer {
  readonly key: number;
  readonly file: File;
  readonly state: TransferState;
  /** Bytes. */
  readonly sent: number;
  /** Whether it goes on with an earlier attempt. */
  readonly resumed: boolean;
  /** Why it failed, and what to do. */
  readonly problem?: string;
  /** The upload, once the API knows of it. */
  readonly id?: string;
  /** Whether it need no longer be shown. It counts until all others are done, so that the sum never falls back. */
  readonly isSettled?: boolean;
}

/** What happens to transfers. */
export interface TransferEvents {
  /** Something about one has changed, or one is new or gone. */
  changed(): void;
  /** A file has arrived. */
  arrived(transfer: Transfer, upload: UploadDescription): void;
  failed(transfer: Transfer): void;
  /** The user has taken a file back. */
  cancelled(transfer: Transfer): void;
  /** One is no longer shown here, while what has arrived of it is still there. */
  dismissed(transfer: Transfer): void;
}

/** What the queue needs of the client. */
export type Sender = Pick<Uploads, "create" | "resume" | "findPending">;

interface Entry {
  transfer: Transfer;
  upload: Upload | undefined;
  /** The upload to go on with, if the user named one. */
  readonly resumes: string | undefined;
  /** What the user asked for while it could not be done yet. */
  wish: "pause" | "cancel" | undefined;
}

/** Files that are sent at once: each goes in parallel parts already. */
const PARALLEL = 2;

/** The queue. */
export class Transfers {
  readonly #sender: Sender;
  readonly #events: TransferEvents;
  readonly #entries = new Map<number, Entry>();
  #last = 0;

  constructor(sender: Sender, events: TransferEvents) {
    this.#sender = sender;
    this.#events = events;
  }

  /** All transfers, in the order in which they were added. */
  get all(): readonly Transfer[] {
    return [...this.#entries.values()].map(({ transfer }) => transfer);
  }

  /** Whether a reload would interrupt something. */
  get busy(): boolean {
    return this.all.some(({ state }) => state === "queued" || isRunning(state));
  }

  /** Adds files. An earlier attempt at the same file is resumed. */
  add(files: Iterable<File>): void {
    for (const file of files) this.#add(file, undefined);
    this.#next();
  }

  /** Adds the file of the pending upload `id`. */
  resume(id: string, file: File): void {
    this.#add(file, id);
    this.#next();
  }

  /** Stops one; what has arrived stays. */
  pause(key: number): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    if (entry.transfer.state === "queued") this.#change(entry, { state: "paused" });
    else if (isRunning(entry.transfer.state)) {
      entry.wish = "pause";
      entry.upload?.pause();
    }
  }

  /** Goes on with one that is paused or has failed. */
  go(key: number): void {
    const entry = this.#entries.get(key);
    if (!entry || !["paused", "failed"].includes(entry.transfer.state)) return;
    this.#change(entry, { state: "queued" });
    this.#next();
  }

  pauseAll(): void {
    for (const { key } of this.all) this.pause(key);
  }

  /** Goes on with all that are paused or have failed. */
  goAll(): void {
    for (const { key } of this.all) this.go(key);
  }

  /** Takes one back, and deletes what has arrived. */
  async cancel(key: number): Promise<void> {
    const entry = this.#entries.get(key);
    if (!entry) return;
    entry.wish = "cancel";
    this.#entries.delete(key);
    this.#events.changed();
    this.#events.cancelled(entry.transfer);
    try {
      await entry.upload?.abort();
    } catch (error) {
      this.#events.dismissed(entry.transfer);
      throw error;
    }
  }

  /** Takes one out of sight that has arrived, or removes one that has failed. */
  dismiss(key: number): void {
    const entry = this.#entries.get(key);
    if (entry?.transfer.state === "failed") {
      this.#entries.delete(key);
      this.#events.dismissed(entry.transfer);
    } else if (entry?.transfer.state === "arrived") {
      entry.transfer = { ...entry.transfer, isSettled: true };
    } else return;
    const isOver = this.all.every(({ state, isSettled }) => isSettled || state === "failed");
    for (const { key, isSettled } of isOver ? this.all : []) if (isSettled) this.#entries.delete(key);
    this.#events.changed();
  }

  #add(file: File, resumes: string | undefined): void {
    const key = ++this.#last;
    const empty = file.size === 0;
    const transfer: Transfer = {
      key,
      file,
      state: empty ? "failed" : "queued",
      sent: 0,
      resumed: resumes !== undefined,
      ...(resumes && { id: resumes }),
      ...(empty && { problem: "This file is empty, or a folder. Choose files that have something in them." }),
    };
    const entry = { transfer, upload: undefined, resumes, wish: undefined };
    this.#entries.set(key, entry);
    this.#events.changed();
    if (empty) this.#events.failed(transfer);
  }

  #next(): void {
    const entries = [...this.#entries.values()];
    const running = entries.filter(({ transfer }) => isRunning(transfer.state)).length;
    const waiting = entries.filter(({ transfer }) => transfer.state === "queued" && transfer.file.size > 0);
    for (const entry of waiting.slice(0, Math.max(0, PARALLEL - running))) void this.#run(entry);
  }

  async #run(entry: Entry): Promise<void> {
    entry.wish = undefined;
    this.#change(entry, { state: "checking" });
    try {
      entry.upload ??= await this.#begin(entry);
      if (entry.wish === undefined) this.#arrive(entry, await entry.upload.run());
      else this.#stopped(entry);
    } catch (error) {
      this.#fail(entry, error);
    }
    this.#next();
  }

  /** Prepares the upload: the one that the user named, an earlier attempt at this file, or a new one. */
  async #begin(entry: Entry): Promise<Upload> {
    const { file } = entry.transfer;
    const found = entry.resumes === undefined ? await this.#sender.findPending(file) : undefined;
    // Nothing may wait from here to the note of its id: the same file may have been added twice.
    const id = entry.resumes ?? (found?.multipart && !this.#isTaken(found.upload_id) ? found.upload_id : undefined);
    if (id === undefined) return this.#create(entry);
    this.#change(entry, { resumed: true, id });
    return this.#sender.resume(id, file, { onProgress: this.#progress(entry) });
  }

  #create(entry: Entry): Upload {
    return this.#sender.create(entry.transfer.file, { onProgress: this.#progress(entry) });
  }

  #isTaken(id: string): boolean {
    return this.all.some((transfer) => transfer.id === id);
  }

  #progress(entry: Entry): (progress: { readonly sent: number }) => void {
    return ({ sent }) => {
      const id = entry.upload?.id;
      if (isRunning(entry.transfer.state)) this.#change(entry, { state: "sending", sent, ...(id && { id }) });
    };
  }

  #arrive(entry: Entry, upload: UploadDescription): void {
    this.#change(entry, { state: "arrived", sent: entry.transfer.file.size, id: upload.upload_id });
    this.#events.arrived(entry.transfer, upload);
  }

  #stopped(entry: Entry): void {
    // Cancelled while the upload was being prepared: it had no id to delete then.
    if (entry.wish === "cancel") entry.upload?.abort().catch(() => {});
    else this.#change(entry, { state: "paused" });
  }

  #fail(entry: Entry, error: unknown): void {
    if (entry.wish === "cancel" || isClientError(error, "aborted")) return;
    if (isClientError(error, "paused")) return this.#change(entry, { state: "paused" });
    // Another file of the same name and size, which nobody chose to resume: it becomes an upload of its own.
    if (isClientError(error, "different-file") && entry.resumes === undefined) {
      entry.upload = this.#create(entry);
      return this.#change(entry, { state: "queued", resumed: false, sent: 0 });
    }
    this.#change(entry, { state: "failed", problem: wordsFor(error) });
    this.#events.failed(entry.transfer);
  }

  #change(entry: Entry, change: Partial<Transfer>): void {
    const { problem: _, ...rest } = entry.transfer;
    entry.transfer = { ...rest, ...change };
    this.#events.changed();
  }
}

/** Tells whether a transfer takes one of the places. */
export function isRunning(state: TransferState): boolean {
  return state === "checking" || state === "sending";
}

/** Sums over all transfers that the user still wants. */
export interface Totals {
  readonly files: number;
  readonly arrived: number;
  readonly failed: number;
  readonly paused: number;
  readonly running: number;
  readonly sent: number;
  readonly size: number;
}

/** Returns the sums. */
export function totals(transfers: readonly Transfer[]): Totals {
  const count = (state: TransferState): number => transfers.filter((transfer) => transfer.state === state).length;
  const wanted = transfers.filter(({ state }) => state !== "failed");
  return {
    files: transfers.length,
    arrived: count("arrived"),
    failed: count("failed"),
    paused: count("paused"),
    running: transfers.filter(({ state }) => isRunning(state) || state === "queued").length,
    sent: wanted.reduce((sum, { sent }) => sum + sent, 0),
    size: wanted.reduce((sum, { file }) => sum + file.size, 0),
  };
}
