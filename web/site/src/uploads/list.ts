/** The section of all uploads: filter, rows, further pages. */

import type { UploadDescription } from "@rustlambda/client";
import { announce } from "../announce.ts";
import { fill, h, say, set } from "../dom.ts";
import { plural } from "../format.ts";
import { Rows } from "../rows.ts";
import { wordsFor } from "../words.ts";
import type { Filter, Library } from "./library.ts";
import { FILTERS } from "./status.ts";
import { type UploadActions, uploadRow } from "./upload-row.ts";

/** The section. */
export interface UploadList {
  readonly element: HTMLElement;
  readonly heading: HTMLElement;
  /** Shows the present state; `hidden` are shown elsewhere. */
  update(hidden: ReadonlySet<string>): void;
  /** Loads the first page. */
  load(): void;
}

/** Creates the section. */
export function uploadList(library: Library, actions: UploadActions): UploadList {
  let isLoaded = false;
  const heading = h("h2", { id: "uploads", tabindex: -1 }, "Your uploads");
  const list = h("ul", { class: "rows" });
  const rows = new Rows<UploadDescription>(list, ({ upload_id }) => upload_id, (upload) => uploadRow(upload, actions));
  const empty = h("p", { class: "empty", "data-testid": "empty", hidden: true });
  const problem = h("div", { class: "problem", role: "alert" });
  const skeleton = h("div", { class: "skeleton", "aria-hidden": "true" }, h("div"), h("div"), h("div"));
  const more = h("button", { type: "button", class: "secondary", hidden: true, onclick: () => void turn() }, "Show more");
  const filter = h("select", { id: "filter" }, ...FILTERS.map(([value, label]) => h("option", { value }, label)));
  filter.addEventListener("change", () => load());
  const element = h(
    "section",
    { class: "card", "aria-labelledby": "uploads", "aria-busy": "true" },
    h("div", { class: "section-head" }, heading, h("div", { class: "filter" }, h("label", { for: "filter" }, "Show"), filter)),
    problem,
    skeleton,
    list,
    empty,
    h("div", { class: "more" }, more),
  );

  const attempt = async (work: () => Promise<void>): Promise<boolean> => {
    fill(problem);
    set(element, { "aria-busy": "true" });
    try {
      await work();
      return true;
    } catch (error) {
      const again = h("button", { type: "button", class: "secondary small", onclick: () => load() }, "Try again");
      fill(problem, h("p", {}, wordsFor(error)), again);
      return false;
    } finally {
      skeleton.hidden = true;
      set(element, { "aria-busy": undefined });
    }
  };
  const load = (): void => {
    void attempt(() => library.load(filter.value as Filter)).then((loaded) => {
      if (loaded && isLoaded) announce(`${plural(library.items.length, "upload")} shown.`);
      isLoaded ||= loaded;
    });
  };
  const turn = async (): Promise<void> => {
    const before = list.childElementCount;
    if (!(await attempt(() => library.more()))) return;
    // The rows are drawn in the next frame.
    await new Promise(requestAnimationFrame);
    announce(`${plural(list.childElementCount - before, "more upload")} shown.`);
    list.children[before]?.querySelector<HTMLElement>("button")?.focus();
  };
  const update = (hidden: ReadonlySet<string>): void => {
    const shown = library.items.filter(({ upload_id }) => !hidden.has(upload_id));
    rows.show(shown, heading);
    empty.hidden = shown.length > 0;
    say(empty, library.filter === "all" ? "Nothing here yet. What you upload appears here." : "No upload is in this state.");
    more.hidden = !library.hasMore;
  };
  return { element, heading, update, load };
}
