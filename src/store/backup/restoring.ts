import type { AccountId, ConversationId, NetworkName, PersonId } from "../../model/ids.ts";
import type { Clock, Random } from "../../model/time.ts";
import type { Logger } from "../../observe/log.ts";
import type { KeyStore } from "../../privacy/key-store.ts";
import type { Conversations } from "../conversations.ts";
import type { Journal } from "../journal.ts";
import type { People } from "../people.ts";
import type { Connection } from "../redis/connection.ts";
import type { Scripts } from "../store.ts";
import type { Vault } from "../vault.ts";
import type { Ended } from "./ended.ts";

/** Where a backup goes: a state that is empty, and the keys that are made for it. */
export interface RestoreParts {
  readonly connection: Connection;
  readonly scripts: Scripts;
  readonly keyStore: KeyStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Stands in the state until it is whole. */
  readonly mark: string;
  /** The schema version of the backup. */
  readonly schema: number;
  readonly ended: Ended;
  /** The network of an account in the config; undefined for one that isn't there any more. */
  readonly networkOf: (account: AccountId) => NetworkName | undefined;
}

/** What came back, and what didn't since it has ended meanwhile. */
export interface Restored {
  readonly persons: number;
  readonly conversations: number;
  readonly ended: { readonly persons: number; readonly conversations: number; readonly handles: number };
  /** Lines of the journal that say nothing: damaged, or another's. */
  readonly ignored: number;
}

/** What is known while records come in. */
export interface Restoring extends RestoreParts {
  readonly vault: Vault;
  readonly journal: Journal;
  readonly people: People;
  readonly conversations: Conversations;
  readonly persons: Set<PersonId>;
  readonly kept: Set<ConversationId>;
  /** Those that don't come back, with who sat there. */
  readonly dropped: Map<ConversationId, readonly PersonId[]>;
  readonly pointers: { readonly from: PersonId; readonly field: string; readonly to: PersonId }[];
  readonly owners: PersonId[];
  /** The conversations of the config's pairs, whether they come back or not. */
  readonly pairs: Set<string>;
  handlesEnded: number;
  ignored: number;
}
