/** The section of files on their way, with their sum. */

import { ask } from "../dialog.ts";
import { h, say } from "../dom.ts";
import { bytes, percent, plural, span } from "../format.ts";
import { icon } from "../icons.ts";
import { offer } from "../buttons.ts";
import { Rows } from "../rows.ts";
import { Rate } from "./rate.ts";
import { transferRow } from "./transfer-row.ts";
import { type Totals, totals, type Transfer, type Transfers } from "./transfers.ts";

/** The section. */
export interface Sending {
  readonly element: HTMLElement;
  /** Shows the present state. */
  update(): void;
}

/** Creates the section. `otherwise` gets the keyboard focus when the last row goes. */
export function sending(transfers: Transfers, otherwise: HTMLElement, failed: (error: unknown) => void): Sending {
  const rate = new Rate();
  const bar = h("progress", { max: 1, value: 0, "aria-label": "All files", "data-testid": "overall" });
  const text = h("p", { class: "meta", "data-testid": "overall-text" });
  const pause = h("button", { type: "button", class: "secondary small", onclick: () => transfers.pauseAll() }, icon("pause"), "Pause all");
  const resume = h("button", { type: "button", class: "secondary small", onclick: () => transfers.goAll() }, icon("play"), "Resume all");
  const list = h("ul", { class: "rows" });
  const cancel = async (transfer: Transfer): Promise<void> => {
    const { file, key, id } = transfer;
    const question = { title: `Cancel ${file.name}?`, text: "What has arrived of it is deleted.", yes: "Cancel the upload", no: "Go on" };
    if (id === undefined || (await ask(question))) await transfers.cancel(key);
  };
  const rows = new Rows<Transfer>(list, ({ key }) => key, (transfer) =>
    transferRow(transfer, {
      pause: (key) => transfers.pause(key),
      go: (key) => transfers.go(key),
      cancel: (transfer) => void cancel(transfer).catch(failed),
      dismiss: (key) => transfers.dismiss(key),
    }),
  );
  const element = h(
    "section",
    { class: "card", "aria-labelledby": "sending", hidden: true },
    h("div", { class: "section-head" }, h("div", {}, h("h2", { id: "sending" }, "Sending"), text), h("div", { class: "buttons" }, pause, resume)),
    bar,
    list,
  );
  const update = (): void => {
    const { all } = transfers;
    const sum = totals(all);
    element.hidden = all.length === 0;
    rows.show(all.filter(({ isSettled }) => !isSettled), otherwise);
    bar.max = sum.size || 1;
    bar.value = sum.sent;
    if (sum.running > 0) rate.note(sum.sent, Date.now());
    else rate.clear();
    say(text, summary(sum, navigator.onLine ? rate.secondsFor(sum.size - sum.sent) : undefined));
    offer([pause, sum.running > 0], [resume, sum.running === 0 && sum.paused + sum.failed > 0]);
  };
  return { element, update };
}

/** Says how far all files are together. */
export function summary(sum: Totals, seconds: number | undefined): string {
  const files = `${plural(sum.files, "file")} · ${bytes(sum.sent)} of ${bytes(sum.size)} · ${percent(sum.sent, sum.size)}`;
  if (sum.running > 0) return seconds === undefined ? files : `${files} · ${span(seconds)} left`;
  if (sum.failed > 0) return `${files} · ${sum.failed} failed`;
  return sum.paused > 0 ? `${files} · paused` : files;
}
