import type { AdapterModule } from "../../src/adapter/index.ts";
import type { Check } from "./check.ts";
import type { ConformanceFixture } from "./fixture.ts";
import { intakeChecks } from "./intake.ts";
import type { LeakWatch } from "./leaks.ts";
import { lifeChecks, nothingLeft } from "./life.ts";
import { portalChecks } from "./portals.ts";
import { sendingChecks } from "./sending.ts";
import { Stage } from "./stage.ts";

/** All checks of the suite, in their order. */
export const allChecks: readonly Check[] = [
  nothingLeft,
  ...intakeChecks,
  ...sendingChecks,
  ...portalChecks,
  ...lifeChecks,
];

/**
 * Runs a check on a network of its own.
 * @returns how it failed, or undefined when it passed.
 * @throws when the network or the account can't even be started or ended: that is no check's failure.
 */
export async function failureOf(
  module: AdapterModule<unknown>,
  fixture: ConformanceFixture,
  watch: LeakWatch,
  check: Check,
): Promise<{ readonly error: unknown } | undefined> {
  const stage = await Stage.open(module, fixture, watch, check.credentials);
  try {
    await check.run(stage);
    return undefined;
  } catch (error) {
    return { error };
  } finally {
    await stage.end();
  }
}
