import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AdapterModule } from "../src/adapter/index.ts";
import { allChecks, failureOf } from "./conformance/checks.ts";
import type { ConformanceFixture } from "./conformance/fixture.ts";
import { LeakWatch } from "./conformance/leaks.ts";

export type { ConformanceFixture, Said, SendFault, TestNetwork } from "./conformance/fixture.ts";

const NO_LEAKS = "shows no address, native id, text or secret in anything that it gives, logs or throws";

/**
 * Registers a test for each promise of the contract (src/adapter) that an adapter makes.
 * @param module what the adapter's folder exports
 * @param fixture how its network's test server is started and driven
 * @param exceptions the names of the checks that this network can't fulfil, each with the reason. Such a check must fail: an
 * exception that isn't needed is a failure too.
 */
export function runConformance<C>(
  module: AdapterModule<C>,
  fixture: ConformanceFixture,
  exceptions: Readonly<Record<string, string>> = {},
): void {
  // Configs come from the module's own schema, as with `anyAdapter`.
  const adapter = module as AdapterModule<unknown>;
  describe(`the ${module.network} adapter, as the contract has it`, () => {
    const watch = new LeakWatch();
    const quiet = listenToConsole(watch);
    beforeAll(quiet.begin);
    afterAll(quiet.end);
    for (const check of allChecks) {
      const reason = exceptions[check.name];
      it(reason === undefined ? check.name : `${check.name} (not here: ${reason})`, async () => {
        const failure = await failureOf(adapter, fixture, watch, check);
        if (reason === undefined && failure !== undefined) throw failure.error;
        if (reason !== undefined) expect(failure, "the check passes: take the exception out").toBeDefined();
      });
    }
    it(NO_LEAKS, () => {
      expect(watch.size.seen).toBeGreaterThan(0);
      expect(watch.size.secrets).toBeGreaterThan(0);
      expect(watch.leaks()).toEqual([]);
    });
    it("has no exception that names no check", () => {
      const names = new Set(allChecks.map(({ name }) => name));
      expect(Object.keys(exceptions).filter((name) => !names.has(name))).toEqual([]);
    });
  });
}

const METHODS = ["debug", "log", "info", "warn", "error", "trace"] as const;

/** An adapter prints nothing at all; should a library of its, it is looked at like a log line. */
function listenToConsole(watch: LeakWatch) {
  const before = METHODS.map((method) => [method, console[method]] as const);
  const warned = (warning: Error): void => watch.saw("a warning of the process", warning);
  return {
    begin: () => {
      for (const method of METHODS) {
        console[method] = (...parts: unknown[]) => watch.saw(`console.${method}`, parts);
      }
      process.on("warning", warned);
    },
    end: () => {
      for (const [method, original] of before) console[method] = original;
      process.off("warning", warned);
    },
  };
}
