import type { Clock } from "../model/time.ts";
import type { Logger } from "../observe/log.ts";
import type { FamilyName } from "./families.ts";
import { familyOf } from "./family-of.ts";
import { keys } from "./keys.ts";
import { claimSchema, SCHEMA_VERSION, SchemaMismatch } from "./meta.ts";
import { scanNames } from "./scan.ts";
import type { Store } from "./store.ts";

/** What a step works on. */
export interface Migrating extends Pick<Store, "connection" | "scripts" | "vault"> {
  /**
   * Shows each key of a family to `change`, page by page; a key may be shown twice, and one that comes meanwhile may not be.
   * Says how many it showed.
   */
  each(family: FamilyName, change: (name: string) => Promise<void>): Promise<number>;
}

/**
 * Brings the state from a version to the next one. It may be cut off after any call of Redis and begun anew, and must then end as
 * if it hadn't been: each of its writes is one call that can be repeated (`field_swap` and the like), and what it reads to decide
 * must tell what is done already. It has the state for itself: nothing else runs.
 */
export interface MigrationStep {
  readonly from: number;
  readonly to: number;
  run(state: Migrating): Promise<void>;
}

/** All steps there are, in order. Version 1 is the first: there is none yet. */
const STEPS: readonly MigrationStep[] = [];

interface MigrationOptions {
  readonly log: Logger;
  readonly clock: Clock;
  readonly steps?: readonly MigrationStep[];
  /** The version that this program reads and writes. */
  readonly target?: number;
}

/**
 * Brings the state to the version of this program, before anything else is done with it. The version is raised only after a step
 * is done. Forward only.
 * @throws SchemaMismatch when a newer version wrote it, or no step leads on; RestoreUnfinished
 */
export async function migrate(
  store: Pick<Store, "connection" | "scripts" | "vault">,
  { log, clock, steps = STEPS, target = SCHEMA_VERSION }: MigrationOptions,
): Promise<void> {
  for (;;) {
    const version = await claimSchema(store, target);
    if (version === target) return;
    const step = steps.find(({ from, to }) => from === version && to > from && to <= target);
    if (step === undefined) throw new SchemaMismatch(String(version), target);
    const began = clock.monotonic();
    log.info("migration.begun", { version: String(step.to) });
    let count = 0;
    const each = async (family: FamilyName, change: (name: string) => Promise<void>): Promise<number> => {
      const shown = await eachOf(store, family, change);
      count += shown;
      return shown;
    };
    await step.run({ ...store, each });
    await store.connection.command("HSET", keys.meta, "schema", step.to);
    log.info("migration.done", { version: String(step.to), count, ms: clock.monotonic() - began });
  }
}

async function eachOf(
  { connection }: Pick<Store, "connection">,
  family: FamilyName,
  change: (name: string) => Promise<void>,
): Promise<number> {
  let count = 0;
  for await (const page of scanNames(connection)) {
    const names = page.filter((name) => familyOf(name) === family);
    await Promise.all(names.map(change));
    count += names.length;
  }
  return count;
}
