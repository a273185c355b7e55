import { HOUR, type Milliseconds, type Timestamp } from "../../model/time.ts";
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

/** Where a backup begins in its journal. */
export interface BackupStart {
  readonly created: Timestamp;
  /** The mark that was written then; undefined in backups of before there were any. */
  readonly mark?: string | undefined;
}

/** Where there is no mark: a clock may have been set back by so much since the backup. What was ended twice is ended. */
const CLOCK_STEP: Milliseconds = HOUR;

/**
 * Reads a journal for a backup. What came since is what stands behind its mark: clocks are set back. Without one it goes by time. What has ended for good counts whenever it was noted; what can be
 * undone, and was maybe undone before the backup, counts from then on alone. That a block of before the backup was taken back isn't looked at: what that
 * changed in conversations and desks isn't known, and to take it back again is one word.
 */
export function endedSince(entries: readonly DatedEntry[], { created, mark }: BackupStart): Ended {
  const begun = entries.findIndex((entry) => entry.kind === "backup" && entry.mark === mark);
  const isSince = ({ at }: DatedEntry, i: number): boolean =>
    begun < 0 ? at >= created - CLOCK_STEP : i > begun;
  const [persons, conversations, handles] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const unlinked: Extract<JournalEntry, { kind: "unlinked" }>[] = [];
  const blocks = new Map<string, Extract<JournalEntry, { kind: "blocked" }>>();
  const optOuts: OptOutEntry[] = [];
  for (const [i, entry] of entries.entries()) {
    if (entry.kind === "forgotten") persons.add(entry.person);
    else if (entry.kind === "closed") conversations.add(entry.conversation);
    else if (entry.kind === "revoked") handles.add(entry.handle);
    else if (entry.kind === "backup" || !isSince(entry, i)) continue;
    else if (entry.kind === "unlinked") unlinked.push(entry);
    else if (entry.kind === "blocked") blocks.set(`${entry.person} ${entry.field}`, entry);
    else if (entry.kind === "unblocked") blocks.delete(`${entry.person} ${entry.field}`);
    else optOuts.push(entry);
  }
  return { persons, conversations, handles, unlinked, blocks: [...blocks.values()], optOuts };
}
