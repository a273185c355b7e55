import type { BinaryNode } from "baileys";
import type { Faults } from "./faults.ts";
import type { Device, Line } from "./people/account.ts";
import type { Directory } from "./people/directory.ts";
import type { Groups } from "./people/groups.ts";

/** What all handlers of stanzas work on. */
export interface Core {
  readonly directory: Directory;
  readonly groups: Groups;
  readonly faults: Faults;
  /** Where media is uploaded to and downloaded from: host and port. */
  readonly mediaHost: string;
  /** What is asked of whoever uploads. */
  readonly mediaAuth: string;
  /** Accounts that may write to nobody new, by number, and until when (seconds since 1970). */
  readonly timeLocks: Map<string, number>;
  /** Linked phones send their history to a new companion. */
  readonly history: boolean;
  /** An id for a stanza of the server's own. */
  nextId(): string;
}

/** Who sent a stanza. */
export interface Caller {
  readonly device: Device;
  readonly line: Line;
}

/** Carries out a stanza. What it throws is an error of the server's (or a client's breach), and kept for the test to see. */
export type Handle = (core: Core, caller: Caller, stanza: BinaryNode) => void | Promise<void>;
