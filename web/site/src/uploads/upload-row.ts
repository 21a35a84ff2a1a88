/** One upload in the list. */

import type { UploadDescription } from "@rustlambda/client";
import { iconButton, offer, wordButton } from "../buttons.ts";
import { fill, h, say, set } from "../dom.ts";
import { bytes, moment } from "../format.ts";
import { icon } from "../icons.ts";
import type { Row } from "../rows.ts";
import { wordsFor } from "../words.ts";
import { details } from "./details.ts";
import { statusWords } from "./status.ts";

/** What the row's buttons do; what fails is said in the row. */
export interface UploadActions {
  /** Whether all bytes of a pending upload have left this page. */
  isSent(id: string): boolean;
  fresh(id: string): Promise<UploadDescription>;
  download(upload: UploadDescription, what: "original" | "result"): Promise<void>;
  continue(upload: UploadDescription): void;
  retry(upload: UploadDescription): Promise<void>;
  delete(upload: UploadDescription): Promise<void>;
}

/** Creates the row. */
export function uploadRow(first: UploadDescription, actions: UploadActions): Row<UploadDescription> {
  let upload = first;
  const { upload_id: id, filename: name } = first;
  const summary = uploadSummary();
  const problem = h("p", { class: "row-problem", role: "alert" });
  const panel = h("div", { id: `details-${id}`, class: "details", "data-testid": "details", hidden: true });
  const attempt = (work: (upload: UploadDescription) => Promise<void>) => (): void => {
    say(problem, "");
    set(element, { "aria-busy": "true" });
    work(upload)
      .catch((error: unknown) => say(problem, wordsFor(error)))
      .finally(() => set(element, { "aria-busy": undefined }));
  };
  const open = async (): Promise<void> => {
    fill(panel, h("p", { class: "hint" }, "Loading…"));
    const found = await actions.fresh(id).catch((error: unknown) => {
      fill(panel);
      throw error;
    });
    fill(panel, ...details(found));
  };
  const toggle = disclosure(name, panel, attempt(open));
  const resume = wordButton("Continue", `Continue ${name}`, "upload", () => actions.continue(upload));
  const retry = wordButton("Retry", `Retry ${name}`, "retry", attempt(actions.retry));
  const original = iconButton(`Download ${name}`, "download", attempt((it) => actions.download(it, "original")));
  const result = wordButton("Result", `Download result of ${name}`, "download", attempt((it) => actions.download(it, "result")));
  const remove = iconButton(`Delete ${name}`, "trash", attempt(actions.delete));
  const element = h(
    "li",
    { class: "row upload", "data-testid": "upload", "data-id": id, "data-name": name },
    h("div", { class: "row-text" }, toggle, ...summary.elements, problem),
    h("div", { class: "row-actions" }, resume, retry, result, original, remove),
    panel,
  );
  const update = (now: UploadDescription): void => {
    const { status } = now;
    const isNew = element.dataset["status"] !== status;
    const wasOpen = isNew && !panel.hidden && element.dataset["status"] !== undefined;
    upload = now;
    element.dataset["status"] = status;
    const sent = actions.isSent(id);
    summary.update(now, sent);
    offer(
      [toggle, true],
      [resume, status === "PENDING" && !sent],
      // Without a size, nothing has arrived that could be processed or fetched.
      [retry, status === "FAILED" && now.size !== undefined],
      [original, status !== "PENDING" && now.size !== undefined],
      [result, status === "PROCESSED"],
    );
    if (wasOpen) attempt(open)();
  };
  return { element, update };
}

/** Creates the button that shows and hides `panel`. */
function disclosure(name: string, panel: HTMLElement, onOpen: () => void): HTMLButtonElement {
  const click = (): void => {
    panel.hidden = !panel.hidden;
    toggle.setAttribute("aria-expanded", String(!panel.hidden));
    if (!panel.hidden) onOpen();
  };
  const toggle = h(
    "button",
    {
      type: "button",
      class: "name",
      "aria-label": `Details of ${name}`,
      "aria-expanded": "false",
      "aria-controls": panel.id,
      onclick: click,
    },
    h("span", {}, name),
    icon("chevron"),
  );
  return toggle;
}

/** Status, size and time of an upload, and why it failed. */
function uploadSummary(): { readonly elements: readonly HTMLElement[]; update(upload: UploadDescription, sent: boolean): void } {
  const badge = h("span", { class: "badge" });
  const meta = h("span", { class: "meta" });
  const reason = h("p", { class: "row-problem" });
  const update = (upload: UploadDescription, sent: boolean): void => {
    const { size, status } = upload;
    const { label, tone } = statusWords(upload, sent);
    badge.dataset["tone"] = tone;
    say(badge, label);
    say(meta, [size === undefined ? "" : bytes(size), moment(upload.created_at)].filter(Boolean).join(" · "));
    say(reason, status === "FAILED" ? (upload.reason ?? "") : "");
  };
  return { elements: [h("p", { class: "line" }, badge, meta), reason], update };
}
