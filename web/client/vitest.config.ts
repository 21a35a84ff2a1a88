import { defineConfig } from "vitest/config";

// Older ones have no Web Locks, without which the session's tests say nothing.
if (!globalThis.navigator?.locks) {
  throw new Error(`these tests need Node.js 24.5 or later, and this is ${process.version}; cargo xtask test brings one`);
}

export default defineConfig({
  test: {
    // Those need an embedded AWS; tests/web_client.rs starts one and names their folder.
    include: process.env["EMBEDDED_AWS"] ? ["test/embedded/*.test.ts"] : ["test/*.test.ts"],
    // For machines that do much else; SRP alone computes for a while.
    testTimeout: 60_000,
    unstubGlobals: true,
    restoreMocks: true,
  },
});
