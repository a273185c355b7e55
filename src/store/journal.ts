import { DAY, type Milliseconds } from "../model/time.ts";

/** No backup is taken that is older than this. */
export const BACKUP_LIFETIME: Milliseconds = 30 * DAY;

/**
 * What a backup from before must not bring back. Random ids and HMACs alone: it names nobody, and without the keys that are
 * elsewhere it leads nowhere. Binary values are in base64.
 */
export type JournalEntry =
  | { readonly kind: "forgotten"; readonly person: string }
  /** An address isn't its person's any more. */
  | { readonly kind: "unlinked"; readonly person: string; readonly identity: string }
  | { readonly kind: "closed"; readonly conversation: string }
  | { readonly kind: "revoked"; readonly handle: string }
  /** As it stands in the blocker's record: sealed by their key. */
  | { readonly kind: "blocked"; readonly person: string; readonly field: string; readonly sealed: string }
  | { readonly kind: "unblocked"; readonly person: string; readonly field: string }
  | {
      readonly kind: "opted-out";
      readonly phone: string;
      readonly scopes: readonly string[];
      readonly event: string;
    }
  | { readonly kind: "opted-in"; readonly phone: string; readonly scopes: readonly string[] }
  /** A backup begins here: what comes behind it isn't in that. `mark`: as it stands in the backup's head. */
  | { readonly kind: "backup"; readonly mark: string };

/**
 * Outside of Redis: what people ended, and whom they don't want to hear from, so that a restore of an older backup knows it
 * (decision 021). What is done must not wait for it: a disk that is full keeps nobody from being forgotten.
 */
export interface Journal {
  /** It is on the disk when this resolves. Never rejects: what couldn't be written is tried again with the next entry, and by time. */
  note(entry: JournalEntry): Promise<void>;
}
