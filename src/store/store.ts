import type { Journal } from "./journal.ts";
import type { Connection } from "./redis/connection.ts";
import { loadScripts, type Script } from "./redis/scripts.ts";
import type { Vault } from "./vault.ts";

/** The scripts, by what they do; each is a file in `scripts/` with its guarantee in its head. */
const SCRIPT_NAMES = [
  "accept",
  "boot",
  "claim",
  "commit",
  "field_swap",
  "fragment_add",
  "gcra",
  "gcra_give",
  "handle_put",
  "identity_drop",
  "identity_expect",
  "identity_keep",
  "identity_leave",
  "identity_move",
  "lane_bury",
  "lane_pop",
  "lease",
  "link_take",
  "mark",
  "opt_out_set",
  "pair_allocate",
  "pair_claim",
  "pair_drop",
  "pair_forget",
  "pair_release",
  "person_join",
  "person_leave",
  "person_stay",
  "progress",
  "receipt_merge",
  "release",
  "renew",
  "reseat",
  "retry",
  "revive",
  "settle",
  "storage_put",
  "unbury_event",
] as const;

type ScriptName = (typeof SCRIPT_NAMES)[number];
export type Scripts = Readonly<Record<ScriptName, Script>>;

/** What every repository works on: one ordered connection, its scripts, the keys, and the journal. */
export interface Store {
  readonly connection: Connection;
  readonly scripts: Scripts;
  readonly vault: Vault;
  /** What a restore must not bring back. */
  readonly journal: Journal;
}

/** Reads the scripts from their files, once at the start. @throws when one is missing. */
export function storeScripts(): Scripts {
  return loadScripts(new URL("./scripts/", import.meta.url), SCRIPT_NAMES);
}
