/** Questions before something is lost. */

import { h } from "./dom.ts";

/** A question with two answers. */
export interface Question {
  readonly title: string;
  readonly text: string;
  /** The answer that loses something. */
  readonly yes: string;
  readonly no: string;
}

/** Asks, and returns whether the answer was yes. Escape means no. */
export function ask({ title, text, yes, no }: Question): Promise<boolean> {
  return new Promise((resolve) => {
    const dialog = h(
      "dialog",
      { "aria-labelledby": "question", "aria-describedby": "question-text" },
      h("h2", { id: "question" }, title),
      h("p", { id: "question-text" }, text),
      h(
        "div",
        { class: "buttons" },
        h("button", { type: "button", class: "secondary", autofocus: true, onclick: () => dialog.close() }, no),
        h("button", { type: "button", class: "danger", onclick: () => dialog.close("yes") }, yes),
      ),
    );
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
