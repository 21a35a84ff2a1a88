/** Looks at a page as people do: by eye, in four screenshots, and by what a screen reader meets, with axe-core. */

import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { SCREENSHOTS } from "./setting.js";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

const DEVICES = {
  desktop: { width: 1280, height: 900 },
  phone: { width: 390, height: 844 },
} as const;

const SCHEMES = ["light", "dark"] as const;

let steps = 0;

/**
 * Takes a screenshot of a step, light and dark, on a desktop and on a phone, and fails when axe-core finds something
 * in one of them or when the page is wider than the screen.
 */
export async function look(page: Page, test: string, step: string): Promise<void> {
  const folder = join(SCREENSHOTS, test);
  await mkdir(folder, { recursive: true });
  const name = `${String(++steps).padStart(2, "0")}-${step}`;
  const found: string[] = [];
  for (const [device, viewport] of Object.entries(DEVICES)) {
    await page.setViewportSize(viewport);
    for (const colorScheme of SCHEMES) {
      // Reduced motion: what is half faded in has no contrast.
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.screenshot({ path: join(folder, `${name}-${device}-${colorScheme}.png`), fullPage: true });
      found.push(...(await faults(page)).map((fault) => `${name}, ${device}, ${colorScheme}: ${fault}`));
    }
  }
  await page.emulateMedia({ colorScheme: "light", reducedMotion: null });
  await page.setViewportSize(DEVICES.desktop);
  if (found.length > 0) throw new Error(`the page is not for everybody:\n${found.join("\n")}`);
}

async function faults(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => "axe" in globalThis))) {
    // By the debugger, which no policy of the page stops.
    await page.evaluate(await source());
  }
  const { violations } = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } };
    // Without preload: it would fetch the style sheets again, into a <style> that the policy refuses.
    return axe.run({ preload: false, resultTypes: ["violations"] });
  });
  const found = violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id} (${help}): ${html}\n  ${failureSummary ?? ""}`),
  );
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  return overflow > 0 ? [...found, `it is ${overflow} px wider than the screen`] : found;
}

let axe: Promise<string> | undefined;

function source(): Promise<string> {
  axe ??= import("node:fs/promises").then(({ readFile }) => readFile(AXE, "utf8"));
  return axe;
}
