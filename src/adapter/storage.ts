import type { Sensitive } from "../model/sensitive.ts";
import type { Milliseconds, Timestamp } from "../model/time.ts";
import type { EventIdentity } from "./event.ts";

/**
 * What an account keeps something under. A name that says something of people (an address stands in it) is given as
 * `Sensitive`: the store then sees an HMAC of it.
 */
export type StorageName = string | Sensitive<string>;

/** A small durable store of an account's own (sessions, devices), sealed under the account's key until it is logged out. */
export interface AccountStorage {
  /** @throws StorageUnreadable when there is something that can't be opened; it is never taken for nothing. */
  get(name: StorageName): Promise<Sensitive<string> | undefined>;
  /** What is there of these, by the names as they were given. @throws StorageUnreadable, as `get` does */
  getAll(names: readonly StorageName[]): Promise<ReadonlyMap<StorageName, Sensitive<string>>>;
  /** One atomic, durable write. */
  set(name: StorageName, value: Sensitive<string>): Promise<void>;
  /** All of it in one atomic, durable write; `undefined` deletes. Writes are done in the order in which they were asked for. */
  setAll(changes: ReadonlyMap<StorageName, Sensitive<string> | undefined>): Promise<void>;
  delete(name: StorageName): Promise<void>;
  /**
   * Seals what is of use for a week at most, for a place in a value that is stored: under a key of today, which is destroyed a week
   * after the day is over, so that old copies of the store don't tell it either. `name` is the same when it is opened.
   */
  sealForWeek(name: string, value: Sensitive<string>): string;
  /** What `sealForWeek` sealed under this name; undefined once it can't be opened any more. */
  openOfWeek(name: string, sealed: string): Sensitive<string> | undefined;
  /** Forgets all of it but the mark and what is named, at a log-out. One atomic, durable write. */
  clear(keep?: readonly StorageName[]): Promise<void>;
  readonly mark: StorageMark;
}

/**
 * A number that only grows, and that lies in the state folder: it doesn't travel with a copy of the store. An account that
 * counts its writes finds by it that the store was put back to an older state.
 */
export interface StorageMark {
  /** 0 when there was none yet. */
  read(): Promise<number>;
  /** Call it after the write that it counts is durable. It is on the disk a little later; a crash may lose the last ones. */
  raise(to: number): void;
}

/**
 * Where an account goes on reading (a sync token). Save it after the events before it were accepted; those accepted since
 * the last saved one are remembered until it is saved, however long that takes.
 */
export interface Cursor {
  load(): Promise<Sensitive<string> | undefined>;
  save(cursor: Sensitive<string>): Promise<void>;
}

/** One part of a message that comes in several. */
export interface Fragment {
  readonly identity: EventIdentity;
  /** What all parts of the message have in common: source, destination, reference, total. */
  readonly group: Sensitive<string>;
  /** 1..total */
  readonly index: number;
  readonly total: number;
  /** The part as the adapter wants it back. */
  readonly payload: Sensitive<Uint8Array>;
  readonly at: Timestamp;
}

/** A message's parts, as far as they are there. */
export interface FragmentGroup {
  /** Random, the same for as long as the group lives: the identity of the joined event (`{kind: "id"}`). */
  readonly id: string;
  readonly total: number;
  readonly at: Timestamp;
  /** In the order of their index. */
  readonly parts: readonly { readonly index: number; readonly payload: Sensitive<Uint8Array> }[];
}

/** Keeps the parts of incoming messages durably, so that each can be acknowledged on its own. */
export interface FragmentStore {
  /**
   * Stores a part. `complete`: it was the last one; accept the joined event, then `drop` the group, then acknowledge.
   * A part that is already there, or a repeat, is a `duplicate`; `complete` again while its whole group isn't dropped.
   * @throws IntakeRefused when it isn't stored: then take nothing in that came behind it, or it would be overtaken.
   */
  add(
    fragment: Fragment,
    ttl: Milliseconds,
  ): Promise<{ kind: "stored" | "duplicate" } | { kind: "complete"; group: FragmentGroup }>;
  /** Forgets a group, after its event was accepted. */
  drop(id: string): Promise<void>;
  /**
   * The groups that are complete but weren't dropped for minutes (after a crash, when their parts didn't come again) and
   * those whose time is over: deliver them, with a gap where a part is missing. Ask at the start and now and then.
   */
  due(): Promise<readonly FragmentGroup[]>;
}
