import { defineConfig } from "vitest/config";

export default defineConfig({
  // The client finds its worker by a URL relative to its own file.
  optimizeDeps: { exclude: ["@rustlambda/client"] },
  build: {
    // The browsers that the client is for.
    target: ["chrome116", "firefox124", "safari17.4"],
    // The Content-Security-Policy allows no data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  worker: { format: "es" },
  test: { include: ["test/*.test.ts"], testTimeout: 60_000 },
});
