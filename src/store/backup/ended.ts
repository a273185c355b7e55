import type { Timestamp } from "../../model/time.ts";
import type { DatedEntry } from "../file-journal.ts";
import type { JournalEntry } from "../journal.ts";

/** What a journal says of the time since a backup: none of it comes back. */
export interface Ended {
  readonly persons: ReadonlySet<string>;
  readonly conversations: ReadonlySet<string>;
  readonly handles: ReadonlySet<string>;
  readonly unlinked: readonly Extract<JournalEntry, { kind: "unlinked" }>[];
  /** Blocks and mutes that came since, and weren't taken back. */
  readonly blocks: readonly Extract<JournalEntry, { kind: "blocked" }>[];
  /** Opt-outs that came or went, in order. */
  readonly optOuts: readonly OptOutEntry[];
}

export type OptOutEntry = Extract<JournalEntry, { kind: "opted-out" | "opted-in" }>;

/**
 * Reads a journal for a backup that was begun at `created`. What has ended for good counts whenever it was noted; what can be
 * undone, and was maybe undone before the backup, counts from then on alone. That a block of before the backup was taken back isn't looked at: what that
 * changed in conversations and desks isn't known, and to take it back again is one word.
 */
export function endedSince(entries: readonly DatedEntry[], created: Timestamp): Ended {
  const [persons, conversations, handles] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const unlinked: Extract<JournalEntry, { kind: "unlinked" }>[] = [];
  const blocks = new Map<string, Extract<JournalEntry, { kind: "blocked" }>>();
  const optOuts: OptOutEntry[] = [];
  for (const entry of entries) {
    if (entry.kind === "forgotten") persons.add(entry.person);
    else if (entry.kind === "closed") conversations.add(entry.conversation);
    else if (entry.kind === "revoked") handles.add(entry.handle);
    else if (entry.at < created) continue;
    else if (entry.kind === "unlinked") unlinked.push(entry);
    else if (entry.kind === "blocked") blocks.set(`${entry.person} ${entry.field}`, entry);
    else if (entry.kind === "unblocked") blocks.delete(`${entry.person} ${entry.field}`);
    else optOuts.push(entry);
  }
  return { persons, conversations, handles, unlinked, blocks: [...blocks.values()], optOuts };
}
