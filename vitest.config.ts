import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { LeftOutReporter } from "./scripts/testing/left-out-reporter.ts";

// "fast" is what `npm run check` runs: pure code and a real Redis, no peer of another kind.
// "peers" starts Synapse and the SMSC; its files run one at a time, since these start whole servers.
// What packages of other people import, from the sources: there is no dist/ in a clone.
const alias = {
  "footbridge/adapter": join(import.meta.dirname, "src/adapter/public.ts"),
  "footbridge/conformance": join(import.meta.dirname, "test/conformance.ts"),
};

export default defineConfig({
  test: {
    reporters: ["default", new LeftOutReporter(process.env.CI === "true")],
    projects: [
      {
        resolve: { alias },
        test: {
          name: "fast",
          include: ["test/**/*.test.ts", "examples/**/*.test.ts"],
          exclude: ["test/peers/**", "test/scenarios/**", "**/*.peer.test.ts"],
          testTimeout: 20_000,
          // Most of them wait for Redis or for time to go by: one file at a time would leave the machine idle.
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        resolve: { alias },
        test: {
          name: "peers",
          include: [
            "test/peers/**/*.test.ts",
            "test/scenarios/**/*.test.ts",
            "test/**/*.peer.test.ts",
            "examples/**/*.peer.test.ts",
          ],
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
