import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";

/** Bytes, gzipped, that the whole library may weigh in a page. */
const LIMIT = 25_000;

const root = new URL("..", import.meta.url);

beforeAll(() => {
  execFileSync("npm", ["run", "build"], { cwd: root, stdio: "pipe" });
}, 120_000);

describe("the package", () => {
  const manifest = JSON.parse(readFileSync(new URL("package.json", root), "utf8")) as {
    dependencies?: object;
    exports: Record<string, { types: string; default: string }>;
  };
  const built = Object.entries(manifest.exports);

  test("weighs at most 25 kB gzipped", () => {
    const whole = built.map(([, { default: file }]) => readFileSync(new URL(file, root)));
    expect(gzipSync(Buffer.concat(whole), { level: 9 }).length).toBeLessThanOrEqual(LIMIT);
  });

  test.each(built)("has the types of %s", (_, { types }) => {
    expect(readFileSync(new URL(types, root), "utf8")).not.toBe("");
  });

  test("can be imported where there is no browser", async () => {
    const library = (await import(new URL("dist/index.js", root).href)) as Record<string, unknown>;
    expect(Object.keys(library).sort()).toEqual(["Auth", "ClientError", "Uploads", "isClientError"]);
  });

  test("needs no other package", () => {
    expect(manifest.dependencies).toBeUndefined();
  });

  test("evaluates no text as code, which a Content-Security-Policy would refuse", () => {
    for (const [, { default: file }] of built) {
      expect(readFileSync(new URL(file, root), "utf8")).not.toMatch(/\beval\(|new Function\(|\.innerHTML/);
    }
  });
});

test("the lock file has a hash for every package, and names no registry", () => {
  const lock = JSON.parse(readFileSync(new URL("../package-lock.json", root), "utf8")) as {
    packages: Record<string, { resolved?: string; integrity?: string; link?: boolean }>;
  };
  const installed = Object.entries(lock.packages).filter(([path, { link }]) => path.includes("node_modules/") && !link);
  expect(installed.length).toBeGreaterThan(0);
  for (const [path, { resolved, integrity }] of installed) {
    expect({ path, resolved, integrity }).toEqual({ path, resolved: undefined, integrity: expect.stringMatching(/^sha512-/) });
  }
});
