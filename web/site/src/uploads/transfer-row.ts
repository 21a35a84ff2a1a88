/** One file on its way. */

import { iconButton, offer } from "../buttons.ts";
import { h, say } from "../dom.ts";
import { bytes, percent } from "../format.ts";
import type { Row } from "../rows.ts";
import { isRunning, type Transfer } from "./transfers.ts";

/** What the row's buttons do. */
export interface TransferActions {
  pause(key: number): void;
  go(key: number): void;
  cancel(transfer: Transfer): void;
  dismiss(key: number): void;
}

/** Creates the row. */
export function transferRow({ key, file }: Transfer, actions: TransferActions): Row<Transfer> {
  let shown: Transfer;
  const said = h("p", { class: "meta" });
  const problem = h("p", { class: "row-problem", "data-testid": "transfer-problem" });
  const bar = h("progress", { max: file.size || 1, value: 0, "aria-label": file.name });
  const pause = iconButton(`Pause ${file.name}`, "pause", () => actions.pause(key));
  const resume = iconButton(`Resume ${file.name}`, "play", () => actions.go(key));
  const cancel = iconButton(`Cancel ${file.name}`, "close", () => actions.cancel(shown));
  const dismiss = iconButton(`Dismiss ${file.name}`, "close", () => actions.dismiss(key));
  const element = h(
    "li",
    { class: "row transfer", "data-testid": "transfer", "data-name": file.name },
    h("div", { class: "row-text" }, h("p", { class: "name" }, file.name), said, problem),
    h("div", { class: "row-actions" }, pause, resume, cancel, dismiss),
    bar,
  );
  const update = (transfer: Transfer): void => {
    shown = transfer;
    const { state, sent } = transfer;
    const waiting = isRunning(state) && !navigator.onLine;
    element.dataset["state"] = waiting ? "waiting" : state;
    bar.value = sent;
    say(said, waiting ? "Waiting for the network" : describe(transfer));
    say(problem, transfer.problem ?? "");
    const waits = isRunning(state) || state === "queued";
    const canGo = (state === "paused" || state === "failed") && file.size > 0;
    offer([pause, waits], [resume, canGo], [cancel, waits || state === "paused"], [dismiss, state === "failed" || state === "arrived"]);
  };
  return { element, update };
}

/** Says where a file is. */
export function describe({ file, state, sent, resumed }: Transfer): string {
  const size = bytes(file.size);
  switch (state) {
    case "queued":
      return `${size} · waits for its turn`;
    case "checking":
      return `${size} · ${resumed ? "comparing with what has arrived" : "preparing"}`;
    case "sending":
      return `${bytes(sent)} of ${size} · ${percent(sent, file.size)}`;
    case "paused":
      return sent > 0 ? `Paused at ${percent(sent, file.size)} of ${size}` : `${size} · paused`;
    case "failed":
      return sent > 0 ? `Stopped at ${percent(sent, file.size)} of ${size}` : size;
    case "arrived":
      return `${size} · sent`;
  }
}
