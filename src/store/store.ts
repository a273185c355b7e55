import type { Journal } from "./journal.ts";
import type { Kind } from "./keys.ts";
import type { Connection } from "./redis/connection.ts";
import { loadScripts, type Script } from "./redis/scripts.ts";
import type { Vault } from "./vault.ts";

/**
 * The scripts, by what they do, with the kinds of hash tags that their keys may have; each is a file in `scripts/` with its guarantee
 * in its head.
 */
const SCRIPTS = {
  accept: ["i"],
  boot: ["meta"],
  chat_drop: ["c"],
  claim: ["i", "c"],
  commit: ["c"],
  field_swap: ["c", "p"],
  fragment_add: ["i"],
  gcra: ["l"],
  gcra_give: ["l"],
  handle_put: ["p"],
  identity_drop: ["x"],
  identity_expect: ["p"],
  identity_keep: ["p"],
  identity_leave: ["p"],
  identity_move: ["x"],
  lane_bury: ["i"],
  lane_pop: ["i"],
  lease: ["a"],
  link_take: ["p"],
  mark: ["c"],
  opt_out_set: ["x"],
  pair_allocate: ["x"],
  pair_claim: ["x"],
  pair_drop: ["x"],
  pair_forget: ["x"],
  pair_release: ["x"],
  person_join: ["p"],
  person_leave: ["p"],
  person_stay: ["p"],
  progress: ["c"],
  receipt_merge: ["c"],
  release: ["c"],
  renew: ["i", "c"],
  reseat: ["c"],
  retry: ["c"],
  revive: ["c"],
  settle: ["c"],
  storage_put: ["a"],
  unbury_event: ["i"],
} as const satisfies Readonly<Record<string, readonly Kind[]>>;

export type Scripts = {
  readonly [Name in keyof typeof SCRIPTS]: Script<(typeof SCRIPTS)[Name][number]>;
};

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
  const names = Object.keys(SCRIPTS) as (keyof typeof SCRIPTS)[]; // the table's own keys
  return loadScripts(new URL("./scripts/", import.meta.url), names) as Scripts; // of which kinds is known by the table alone
}
