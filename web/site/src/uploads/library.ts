/** The user's uploads as the API lists them, and what becomes of those that are not finished. */

import { isClientError, type Page, type UploadDescription, type Uploads, type UploadStatus } from "@rustlambda/client";
import { type Look, Poller } from "./poller.ts";

/** What the list shows. */
export type Filter = UploadStatus | "all";

/** What the list needs of the client. */
export type Source = Pick<Uploads, "list" | "get" | "delete" | "retry">;

/** What happens to the list. */
export interface LibraryEvents {
  /** Rows have come, gone or changed. */
  changed(): void;
  /** An upload is finished. */
  finished(upload: UploadDescription): void;
}

/** Uploads that are asked for one by one in a look, where a page of the list does not hold them. */
const SINGLES = 5;

/** The list: pages that have been loaded, newest first. */
export class Library {
  readonly #source: Source;
  readonly #events: LibraryEvents;
  readonly #poller = new Poller(() => this.#look());
  /** Uploads whose bytes have all left this page, while the service has not noticed yet. */
  readonly #sent = new Set<string>();
  #items: readonly UploadDescription[] = [];
  #cursor: string | undefined;
  #filter: Filter = "all";
  /** Counts loads, so that a slow answer to an earlier one is dropped. */
  #load = 0;

  constructor(source: Source, events: LibraryEvents) {
    this.#source = source;
    this.#events = events;
  }

  get items(): readonly UploadDescription[] {
    return this.#items;
  }

  get filter(): Filter {
    return this.#filter;
  }

  /** Whether there is another page. */
  get hasMore(): boolean {
    return this.#cursor !== undefined;
  }

  /** Whether all bytes of a pending upload have left this page. */
  isSent(id: string): boolean {
    return this.#sent.has(id);
  }

  /** Loads the first page. */
  async load(filter: Filter = this.#filter): Promise<void> {
    const load = ++this.#load;
    this.#filter = filter;
    const page = await this.#list();
    if (load !== this.#load) return;
    this.#items = page.items;
    this.#cursor = page.cursor;
    this.#changed();
  }

  /** Loads the next page. */
  async more(): Promise<void> {
    if (this.#cursor === undefined) return;
    const load = ++this.#load;
    const page = await this.#list(this.#cursor);
    if (load !== this.#load) return;
    const known = new Set(this.#items.map(({ upload_id }) => upload_id));
    this.#items = [...this.#items, ...page.items.filter(({ upload_id }) => !known.has(upload_id))];
    this.#cursor = page.cursor;
    this.#changed();
  }

  /** Shows what has come or changed elsewhere meanwhile, as on another device. */
  async refresh(): Promise<void> {
    const load = this.#load;
    const page = await this.#list();
    if (load !== this.#load) return;
    const known = new Set(this.#items.map(({ upload_id }) => upload_id));
    this.#items = [...page.items.filter(({ upload_id }) => !known.has(upload_id)), ...this.#items];
    this.#merge(page.items);
    this.#changed();
  }

  /** Puts an upload that has just been sent on top, whatever the filter: the user wants to see it. */
  add(upload: UploadDescription): void {
    this.#sent.add(upload.upload_id);
    this.#items = [upload, ...this.#items.filter(({ upload_id }) => upload_id !== upload.upload_id)];
    this.#changed();
  }

  /** Shows an upload that this page no longer sends. */
  async show(id: string): Promise<void> {
    const upload = await this.#find(id);
    if (!upload || this.#items.some(({ upload_id }) => upload_id === id)) return;
    this.#items = [upload, ...this.#items];
    this.#changed();
  }

  /** Returns an upload with fresh download URLs. */
  async fresh(id: string): Promise<UploadDescription> {
    const upload = await this.#source.get(id);
    this.#merge([upload]);
    return upload;
  }

  async delete(id: string): Promise<void> {
    await this.#source.delete(id);
    this.forget(id);
  }

  /** Has a failed upload processed again. */
  async retry(id: string): Promise<void> {
    await this.#source.retry(id);
    await this.fresh(id);
    this.#poller.kick();
  }

  /** Looks at unfinished uploads from now on. */
  watch(): void {
    this.#poller.kick();
  }

  /** Looks no more. */
  unwatch(): void {
    this.#poller.stop();
  }

  #list(cursor?: string): Promise<Page<UploadDescription>> {
    const status = this.#filter === "all" ? {} : { status: this.#filter };
    return this.#source.list({ ...status, ...(cursor && { cursor }) });
  }

  /** Asks for the unfinished ones: for all with one request if a page of the list holds them. */
  async #look(): Promise<Look> {
    const waiting = this.#items.filter((upload) => this.#isUnfinished(upload));
    if (waiting.length === 0) return "done";
    let found: UploadDescription[] = [];
    if (waiting.length > 1) found = [...(await this.#source.list()).items];
    const ids = new Set(found.map(({ upload_id }) => upload_id));
    const others = waiting.filter(({ upload_id }) => !ids.has(upload_id)).slice(0, SINGLES);
    const singles = await Promise.all(others.map(({ upload_id }) => this.#find(upload_id)));
    return this.#merge([...found, ...singles.filter((upload) => upload !== undefined)]) ? "changed" : "same";
  }

  /** Returns an upload, and takes it from the list when it no longer exists. */
  async #find(id: string): Promise<UploadDescription | undefined> {
    try {
      return await this.#source.get(id);
    } catch (error) {
      if (!isClientError(error, "problem") || error.details.status !== 404) throw error;
      this.forget(id);
      return undefined;
    }
  }

  #isUnfinished({ status, upload_id }: UploadDescription): boolean {
    return status === "RECEIVED" || status === "PROCESSING" || (status === "PENDING" && this.#sent.has(upload_id));
  }

  /** Replaces those that are listed. Returns whether a status has changed. */
  #merge(uploads: readonly UploadDescription[]): boolean {
    const byId = new Map(uploads.map((upload) => [upload.upload_id, upload]));
    const changed: UploadDescription[] = [];
    this.#items = this.#items.map((old) => {
      const now = byId.get(old.upload_id);
      if (now && now.status !== old.status) changed.push(now);
      return now ?? old;
    });
    for (const upload of changed) {
      if (upload.status === "PROCESSED" || upload.status === "FAILED") this.#events.finished(upload);
    }
    if (changed.length > 0) this.#events.changed();
    return changed.length > 0;
  }

  /** Takes an upload from the list that no longer exists. */
  forget(id: string): void {
    this.#items = this.#items.filter(({ upload_id }) => upload_id !== id);
    this.#events.changed();
  }

  #changed(): void {
    this.#events.changed();
    this.#poller.kick();
  }
}
