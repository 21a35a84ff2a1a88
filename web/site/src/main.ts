/** Begins: configuration, session, first view. */

import { loadConfig } from "./config.ts";
import { fill, h, part } from "./dom.ts";
import { card } from "./form.ts";
import { Page } from "./page.ts";
import { SiteSession } from "./session.ts";

function watchNetwork(): void {
  const show = (): void => void (part("offline").hidden = navigator.onLine);
  addEventListener("online", show);
  addEventListener("offline", show);
  show();
}

async function start(): Promise<void> {
  watchNetwork();
  const config = await loadConfig();
  const session = new SiteSession(config);
  let failure: unknown;
  try {
    await session.returnFromHostedUi();
  } catch (error) {
    failure = error;
  }
  new Page(config, session).start(failure);
}

start().catch((error: unknown) => {
  document.body.dataset["state"] = "broken";
  const reload = h("button", { type: "button", class: "primary", onclick: () => location.reload() }, "Load the page again");
  const why = h("p", { class: "hint", role: "alert" }, error instanceof Error ? error.message : String(error));
  fill(part("main"), card("This site is not ready", h("p", {}, "Its configuration cannot be read."), why, reload));
});
