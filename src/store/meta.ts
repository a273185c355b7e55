import { keys } from "./keys.ts";
import { text } from "./reply.ts";
import type { Store } from "./store.ts";

/** The layout of the state, as this version writes and reads it. Raised by a step of migrations.ts, never silently. */
export const SCHEMA_VERSION = 1;

/** The field of `meta` that stands there from the first to the last write of a restore. */
export const RESTORING = "restoring";

/** The state was written by a version of Footbridge that this one can't follow. */
export class SchemaMismatch extends Error {
  override readonly name = "SchemaMismatch";

  constructor(found: string, reads: number = SCHEMA_VERSION) {
    const isNewer = Number(found) > reads;
    super(
      `the state has schema version ${found}, this version of Footbridge reads ${reads}: ${isNewer ? "a newer version wrote it, start that one, or restore a backup from before the update" : "start the version that wrote it, or restore a backup of this one"}`,
    );
  }
}

/** A restore was cut off in this state. */
export class RestoreUnfinished extends Error {
  override readonly name = "RestoreUnfinished";

  constructor() {
    super('a restore into this state was cut off: run "footbridge restore" again, it begins anew');
  }
}

/**
 * The schema version of the state; an empty state is claimed for this version.
 * @throws SchemaMismatch when a newer one wrote it; RestoreUnfinished
 */
export async function claimSchema(
  { connection }: Pick<Store, "connection">,
  target = SCHEMA_VERSION,
): Promise<number> {
  const read = async (): Promise<readonly (string | undefined)[]> => {
    const reply = await connection.command("HMGET", keys.meta, "schema", RESTORING);
    return (Array.isArray(reply) ? reply : []).map(text);
  };
  let [version, restoring] = await read();
  if (restoring !== undefined) throw new RestoreUnfinished();
  if (version === undefined) {
    // Written only into an empty state: one that is full takes no plain write, and has to drain.
    await connection.command("HSETNX", keys.meta, "schema", target);
    [version] = await read();
  }
  const found = Number(version);
  if (!Number.isSafeInteger(found) || found < 1 || found > target)
    throw new SchemaMismatch(version ?? "none", target);
  return found;
}

/** A fence: 16 hexadecimal characters that sort as text, higher for each boot and each claim. */
export type Fence = string;

/** Gives out fences: (boot, counter), so that those of an earlier process, or of before a reconnect, are lower. */
export class Fences {
  readonly #boot: string;
  #counter = 0;

  private constructor(boot: number) {
    this.#boot = boot.toString(16).padStart(8, "0");
  }

  /** Begins a new boot. */
  static async begin({ connection, scripts }: Pick<Store, "connection" | "scripts">): Promise<Fences> {
    return new Fences(Number(await connection.call(scripts.boot, [keys.meta], [])));
  }

  next(): Fence {
    this.#counter += 1;
    return this.#boot + this.#counter.toString(16).padStart(8, "0");
  }
}
