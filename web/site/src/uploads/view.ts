/** The upload page of one user. It lives as long as the user is signed in, also while another view is shown. */

import { type UploadDescription, Uploads } from "@rustlambda/client";
import workerUrl from "@rustlambda/client/hash-worker?worker&url";
import { announce } from "../announce.ts";
import type { App, View } from "../app.ts";
import { ask } from "../dialog.ts";
import { h } from "../dom.ts";
import { plural } from "../format.ts";
import { wordsFor } from "../words.ts";
import { dropZone } from "./drop-zone.ts";
import { Library } from "./library.ts";
import { uploadList } from "./list.ts";
import { sending } from "./sending.ts";
import { statusWords } from "./status.ts";
import { Transfers } from "./transfers.ts";
import type { UploadActions } from "./upload-row.ts";

/** Milliseconds for which a file that has arrived stays among those on their way. */
const LINGER = 4_000;

/** The upload page, and what others ask of it. */
export interface UploadsView extends View {
  /** Whether leaving would interrupt something. */
  readonly busy: boolean;
  /** Loads the list, and polls from now on. */
  start(): void;
  /** Stops sending and polling. */
  stop(): void;
}

/** Creates the page. */
export function uploadsView(app: App): UploadsView {
  const { api, wholeLimit } = app.config;
  const uploads = new Uploads({ api, token: app.session.token, wholeLimit, worker: hashWorker });
  const draw = oncePerFrame(() => {
    under.update();
    const onTheirWay = transfers.all.filter(({ state }) => state !== "arrived");
    list.update(new Set(onTheirWay.map(({ id }) => id).filter((id) => id !== undefined)));
  });
  const library = new Library(uploads, {
    changed: draw,
    finished: (upload) => announce(`${upload.filename}: ${statusWords(upload, true).label.toLowerCase()}.`),
  });
  const transfers = transfersInto(library, uploads, draw);
  const chosen = fileChooser((id, file) => transfers.resume(id, file));
  const list = uploadList(library, actionsOf(library, chosen.ask));
  const under = sending(transfers, list.heading, (error) => announce(wordsFor(error)));
  const zone = dropZone((files) => {
    announce(`${plural(files.length, "file")} added.`);
    transfers.add(files);
  });
  const title = "Uploads";
  const element = h(
    "div",
    { class: "stack" },
    h("h1", { tabindex: -1 }, title),
    zone.element,
    under.element,
    list.element,
    chosen.element,
  );
  zone.listen(() => element.isConnected);
  const watch = (): void => {
    if (document.hidden) return library.unwatch();
    library.watch();
    // Nobody has asked for it: if it fails, the list stays as it is.
    library.refresh().catch(() => {});
  };
  for (const event of ["online", "offline"]) addEventListener(event, draw);
  return {
    title,
    element,
    get busy() {
      return transfers.busy;
    },
    start() {
      document.addEventListener("visibilitychange", watch);
      list.load();
    },
    stop() {
      document.removeEventListener("visibilitychange", watch);
      transfers.pauseAll();
      library.unwatch();
    },
  };
}

/** Creates the queue, whose files go over to the list. */
function transfersInto(library: Library, uploads: Uploads, changed: () => void): Transfers {
  const transfers = new Transfers(uploads, {
    changed,
    arrived({ key, file }, upload) {
      announce(`${file.name} has arrived.`);
      library.add(upload);
      setTimeout(() => transfers.dismiss(key), LINGER);
    },
    failed: ({ file, problem }) => announce(`${file.name} failed: ${problem}`),
    cancelled({ file, id }) {
      announce(`${file.name} is cancelled.`);
      if (id) library.forget(id);
    },
    dismissed: ({ id }) => void (id && library.show(id).catch((error: unknown) => announce(wordsFor(error)))),
  });
  return transfers;
}

function actionsOf(library: Library, choose: (upload: UploadDescription) => void): UploadActions {
  return {
    isSent: (id) => library.isSent(id),
    fresh: (id) => library.fresh(id),
    async download({ upload_id }, what) {
      const url = (await library.fresh(upload_id)).download?.[what];
      if (url) h("a", { href: url, download: true }).click();
    },
    continue: choose,
    async retry({ upload_id, filename }) {
      await library.retry(upload_id);
      announce(`${filename} is processed again.`);
    },
    async delete({ upload_id, filename }) {
      const question = { title: `Delete ${filename}?`, text: "The file and its result are gone for good.", yes: "Delete", no: "Keep it" };
      if (!(await ask(question))) return;
      await library.delete(upload_id);
      announce(`${filename} is deleted.`);
    },
  };
}

/** Asks for the file of an upload that has not arrived completely. */
function fileChooser(take: (id: string, file: File) => void): { readonly element: HTMLElement; ask(upload: UploadDescription): void } {
  let id = "";
  const element = h("input", { type: "file", hidden: true, "aria-label": "The file to go on with", "data-testid": "resume-file" });
  element.addEventListener("change", () => {
    const [file] = element.files ?? [];
    if (file) take(id, file);
    element.value = "";
  });
  const ask = (upload: UploadDescription): void => {
    id = upload.upload_id;
    element.click();
  };
  return { element, ask };
}

/** Runs `work` in the next frame, once however often it is asked for. */
function oncePerFrame(work: () => void): () => void {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      work();
    });
  };
}

/** The only policy that the Content-Security-Policy allows, made once: it yields one address, whatever it is asked for. */
const policy = window.trustedTypes?.createPolicy("hash-worker", { createScriptURL: () => workerUrl });

function hashWorker(): Worker {
  return new Worker((policy?.createScriptURL("") ?? workerUrl) as string, { type: "module" });
}
