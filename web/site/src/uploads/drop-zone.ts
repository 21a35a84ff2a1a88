/** Choosing files: by a button, or by dropping them anywhere on the page. */

import { h } from "../dom.ts";
import { icon } from "../icons.ts";

/** The card that takes files. */
export interface DropZone {
  readonly element: HTMLElement;
  /** Takes files while `active()`; listens to the whole window from now on. */
  listen(active: () => boolean): void;
}

/** Creates the card. `take` gets what the user chose. */
export function dropZone(take: (files: readonly File[]) => void): DropZone {
  const input = h("input", { type: "file", id: "files", class: "visually-hidden", multiple: true, "data-testid": "files" });
  input.addEventListener("change", () => {
    take([...(input.files ?? [])]);
    // Choosing the same file again is a change, too.
    input.value = "";
  });
  const element = h(
    "div",
    { class: "drop-zone", "data-testid": "drop-zone" },
    icon("upload"),
    h("p", {}, h("span", { class: "wide-only" }, "Drop files anywhere on this page, or "), input, h("label", { for: "files", class: "choose" }, "Choose files")),
    h("p", { class: "hint" }, "Several at once, of any size. An upload that was interrupted goes on where it stopped."),
  );
  const listen = (active: () => boolean): void => {
    // Over a child element, "dragleave" of the parent comes after "dragenter" of the child.
    let depth = 0;
    const over = (change: number): void => {
      depth = Math.max(0, depth + change);
      element.classList.toggle("over", depth > 0 && active());
    };
    const holdsFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") === true;
    addEventListener("dragenter", (event) => holdsFiles(event) && over(1));
    addEventListener("dragleave", (event) => holdsFiles(event) && over(-1));
    addEventListener("dragover", (event) => holdsFiles(event) && event.preventDefault());
    addEventListener("drop", (event) => {
      if (!holdsFiles(event)) return;
      // Otherwise the browser would leave the page and open the file.
      event.preventDefault();
      depth = 0;
      over(0);
      if (active()) take([...(event.dataTransfer?.files ?? [])]);
    });
  };
  return { element, listen };
}
