import { existsSync, readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";

/** Bytes of JavaScript, gzipped, that the first view may load. */
const LIMIT = 45_000;

const dist = new URL("../dist/", import.meta.url);
const page = readFileSync(new URL("index.html", dist), "utf8");
const assets = readdirSync(new URL("assets/", dist));

function read(path: string): string {
  return readFileSync(new URL(path.replace(/^\//, ""), dist), "utf8");
}

/** Scripts that the page names, and those that they import without being asked to. */
function firstLoad(): string[] {
  const found = [...page.matchAll(/(?:src|href)="(\/assets\/[^"]+\.js)"/g)].map(([, path = ""]) => path);
  for (const path of found) {
    for (const [, name = ""] of read(path).matchAll(/(?:\bfrom|\bimport)\s*["'`]\.\/([^"'`]+\.js)["'`]/g)) {
      if (!found.includes(`/assets/${name}`)) found.push(`/assets/${name}`);
    }
  }
  return found;
}

describe("the built site", () => {
  test("loads at most 45 kB of gzipped JavaScript at first", () => {
    const scripts = firstLoad();
    expect(scripts.length).toBeGreaterThan(0);
    const weight = scripts.reduce((sum, path) => sum + gzipSync(read(path), { level: 9 }).length, 0);
    expect(weight).toBeLessThanOrEqual(LIMIT);
  });

  test("loads the QR code's drawing only when it is needed", () => {
    const drawing = assets.find((name) => /^qr-.+\.js$/.test(name));
    expect(drawing).toBeDefined();
    expect(firstLoad()).not.toContain(`/assets/${drawing}`);
  });

  test("has nothing inline, which the Content-Security-Policy would refuse", () => {
    expect(page).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]+src=)/);
    for (const name of assets) expect(read(`assets/${name}`), name).not.toMatch(/\.innerHTML|\.outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function\(|url\(["']?data:/);
  });

  test("names its assets by what is in them, so that browsers may keep them", () => {
    for (const name of assets) expect(name).toMatch(/-[\w-]{8}\.(js|css)$/);
  });

  test("fits every deployment: the configuration is not in it", () => {
    expect(existsSync(new URL("config.json", dist))).toBe(false);
  });

  test("says something before and without JavaScript", () => {
    expect(page).toContain("Loading…");
    expect(page).toContain("<noscript>");
  });
});
