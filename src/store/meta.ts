import { keys } from "./keys.ts";
import type { Store } from "./store.ts";

/** The layout of the state, as this version writes and reads it. Raised by a migration, never silently. */
const SCHEMA_VERSION = 1;

/** The state was written by another version of Footbridge. */
export class SchemaMismatch extends Error {
  override readonly name = "SchemaMismatch";

  constructor(found: string) {
    super(
      `the state has schema version ${found}, this version of Footbridge reads ${SCHEMA_VERSION}: start the version that wrote it, or restore a backup of this one`,
    );
  }
}

/** Claims the state for this version. @throws SchemaMismatch when another one wrote it. */
export async function checkSchema({ connection }: Pick<Store, "connection">): Promise<void> {
  const version = (): Promise<unknown> => connection.command("HGET", keys.meta, "schema");
  // Written only into an empty state: one that is full takes no plain write, and has to drain.
  if ((await version()) === null) await connection.command("HSETNX", keys.meta, "schema", SCHEMA_VERSION);
  const found = String(await version());
  if (found !== String(SCHEMA_VERSION)) throw new SchemaMismatch(found);
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
