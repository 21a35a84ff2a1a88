/** A browser whose pages are watched: every violation of the policy and every error is on record. */

import { type Browser, type BrowserContext, chromium, type ConsoleMessage, type Page } from "playwright-core";
import { CHROMIUM, KEY_HASH, SITE } from "./setting.js";

/**
 * For tests as root, and without anything that asks hosts of the network. The one certificate that the browser does
 * not verify is the embedded AWS's; playwright gives each browser a new user data folder, without which Chromium
 * ignores that switch.
 */
const SWITCHES = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
  `--ignore-certificate-errors-spki-list=${KEY_HASH}`,
];

/** The browser says so of every answer that is no success, and of every request that is cut. */
const EXPECTED = /^Failed to load resource: /;

/** Marks what a page says of a violation. */
const VIOLATION = "Content-Security-Policy violated: ";

/** Somebody's browser. */
export class Visitor {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly #faults: string[];

  private constructor(context: BrowserContext, page: Page, faults: string[]) {
    this.context = context;
    this.page = page;
    this.#faults = faults;
  }

  /** Opens a browser that has never been at the site. */
  static async of(browser: Browser): Promise<Visitor> {
    const context = await browser.newContext({ acceptDownloads: true });
    context.setDefaultTimeout(60_000);
    const faults: string[] = [];
    const said = (message: ConsoleMessage): void => {
      const text = message.text();
      const severe = message.type() === "error" || text.includes(VIOLATION) || text.includes("Content Security Policy");
      if (severe && ofSite(message) && !EXPECTED.test(text)) faults.push(`${text} (${message.location().url})`);
    };
    context.on("console", said);
    context.on("weberror", (error) => faults.push(`uncaught: ${error.error().stack ?? String(error.error())}`));
    await context.addInitScript((mark) => {
      addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sourceFile, lineNumber }) => {
        console.error(`${mark}${violatedDirective} ${blockedURI} at ${sourceFile}:${lineNumber}`);
      });
    }, VIOLATION);
    return new Visitor(context, await context.newPage(), faults);
  }

  /** Opens an address of the site and waits until the page shows something. */
  async open(path = "/"): Promise<void> {
    await this.page.goto(`${SITE}${path}`);
    await this.settled();
  }

  /** Waits until the page knows whether somebody is signed in. */
  async settled(): Promise<void> {
    await this.page.locator("body[data-state]:not([data-state=loading])").waitFor();
  }

  /** Closes the browser's window, and fails when one of its pages had a fault. */
  async close(): Promise<void> {
    await this.context.close();
    if (this.#faults.length > 0) throw new Error(`the page had faults:\n${this.#faults.join("\n")}`);
  }
}

/** The hosted UI's pages are not ours. */
function ofSite(message: ConsoleMessage): boolean {
  const page = message.page()?.url() ?? SITE;
  return page.startsWith(SITE) || page.startsWith("blob:") || page === "about:blank";
}

/** Runs `visit` with a new browser, which is closed whatever happens. */
export async function withBrowser(visit: (browser: Browser) => Promise<void>): Promise<void> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args: SWITCHES });
  try {
    await visit(browser);
  } finally {
    await browser.close();
  }
}

/** Runs `visit` as somebody who has never been at the site, and fails when a page had a fault. */
export function visit(steps: (visitor: Visitor, browser: Browser) => Promise<void>): () => Promise<void> {
  return () =>
    withBrowser(async (browser) => {
      const visitor = await Visitor.of(browser);
      await steps(visitor, browser);
      await visitor.close();
    });
}
