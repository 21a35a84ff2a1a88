import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { visit } from "../src/browser.js";
import { SITE } from "../src/setting.js";

const MOST = 45 * 1024;

test(
  "the first load runs under the strict policy and is light",
  visit(async (visitor) => {
    const scripts = new Map<string, Promise<Buffer>>();
    visitor.context.on("response", (response) => {
      if (response.request().resourceType() === "script") scripts.set(response.url(), response.body());
    });
    const page = await visitor.page.goto(`${SITE}/`);
    await visitor.settled();
    await visitor.page.waitForLoadState("networkidle");
    const policy = page?.headers()["content-security-policy"] ?? "";
    for (const directive of ["default-src 'none'", "script-src 'self'", "require-trusted-types-for 'script'"]) {
      expect(policy.split("; ")).toContain(directive);
    }
    expect(policy).not.toContain("unsafe");
    const bodies = await Promise.all(scripts.values());
    expect(bodies.length).toBeGreaterThan(0);
    const weight = bodies.map((body) => gzipSync(body).length).reduce((sum, size) => sum + size, 0);
    expect(weight).toBeLessThanOrEqual(MOST);
  }),
);

test("a violation of the policy is noticed, or the other tests would show nothing", async () => {
  const violating = visit(async (visitor) => {
    await visitor.open();
    const script = "const it = document.createElement('style'); it.textContent = 'p{}'; document.head.append(it)";
    await visitor.page.evaluate(script);
    await visitor.page.evaluate(() => new Promise((done) => setTimeout(done, 100)));
  });
  await expect(violating()).rejects.toThrow("style-src");
});

test("an exception of the page is noticed", async () => {
  const failing = visit(async (visitor) => {
    await visitor.open();
    await visitor.page.evaluate(() => void setTimeout(() => Promise.reject(new Error("a fault of a test"))));
    await visitor.page.evaluate(() => new Promise((done) => setTimeout(done, 100)));
  });
  await expect(failing()).rejects.toThrow("a fault of a test");
});
