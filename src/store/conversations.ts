import { assertNever } from "../model/assert-never.ts";
import {
  applyChanges,
  type Change,
  type Conversation,
  type ConversationRecord,
  type Leg,
  type Seat,
} from "../model/conversation.ts";
import type { ChatKey, ConversationId, LegId, PersonId, SeatId } from "../model/ids.ts";
import { Sensitive } from "../model/sensitive.ts";
import { UnknownKey } from "../privacy/errors.ts";
import {
  createConversationKey,
  openConversationKey,
  openPointer,
  renewPointer,
  wrapConversationKey,
} from "../privacy/person-keys.ts";
import { masked, only, open, type SealKey, seal, sealedBy } from "../privacy/sealer.ts";
import { keys } from "./keys.ts";
import type { OwnPerson, People, PersonHandle } from "./people.ts";
import { fields, text, texts } from "./reply.ts";
import type { Store } from "./store.ts";

/** A conversation that was opened: its key, and who sits there. */
interface Opened {
  readonly key: SealKey;
  readonly seats: ReadonlyMap<SeatId, OwnPerson>;
}

/** A field of a conversation's hash and what it becomes. */
type FieldChange = readonly [field: string, value: Buffer | string | number];

/**
 * Conversations with their seats and legs, in one hash each. Shared records are sealed by the conversation's key, a seat
 * and its leg by the data key of the person who sits there.
 * Fields: v version, n sequence, g gate, p record, w:<seat> wrapped key, o:<seat> pointer to the person, s:<i>:<seat>,
 * l:<i>:<leg>, g:<leg> a leg's own gate, f:<lane> the highest fence of a lane.
 */
export class Conversations {
  readonly #store: Store;
  readonly #people: People;
  readonly #keys = new Map<ConversationId, SealKey>();

  constructor(store: Store, people: People) {
    this.#store = store;
    this.#people = people;
  }

  /** A new conversation's fields; written by the caller with whatever belongs to the same step. */
  async create(wanted: Conversation): Promise<void> {
    const { connection, vault } = this.#store;
    const conversation = {
      ...wanted,
      seats: await Promise.all(wanted.seats.map((seat) => this.#seated(seat))),
    };
    const key = createConversationKey(vault.random);
    const args: (string | Buffer | number)[] = ["v", conversation.version, "n", 0, "g", conversation.gate];
    this.#keys.set(conversation.id, key);
    for (const seat of conversation.seats) {
      const person = this.#personOf(seat);
      for (const [field, value] of this.#seatKeys(conversation.id, seat.id, person)) args.push(field, value);
      await this.#people.join(person, conversation.id, seat.id);
    }
    const changes: Change[] = [
      { kind: "record", record: conversation.record },
      ...conversation.seats.map((seat): Change => ({ kind: "seat", seat })),
      ...conversation.legs.map((leg): Change => ({ kind: "leg", leg })),
    ];
    for (const [field, value] of this.fieldsOf(conversation, changes)) args.push(field, value);
    for (const leg of conversation.legs) {
      if (leg.chat !== undefined) await this.setChat(leg.chat, conversation.id, leg.id);
    }
    // Listed first: one that isn't listed would never be closed.
    if (conversation.record.origin === "pair") await connection.command("SADD", keys.pairs, conversation.id);
    await connection.command("HSET", keys.conversation(conversation.id), ...args);
  }

  /**
   * The conversation as it is now; undefined when there is none. A seat of somebody who was linked with another person becomes
   * that person's on the way. @throws UnknownKey when all who sat there were forgotten.
   */
  async load(id: ConversationId): Promise<Conversation | undefined> {
    for (;;) {
      const read = await this.#read(id);
      if (read === undefined) return undefined;
      const moved = read.conversation.seats.find((seat) => read.opened.seats.get(seat.id)?.movedTo);
      const to = moved && read.opened.seats.get(moved.id)?.movedTo;
      if (moved === undefined || to === undefined) return read.conversation;
      await this.#write(read.conversation, moved, to);
    }
  }

  /** Gives a seat with its legs to another person, under a new version. May be repeated. */
  async reseat(id: ConversationId, seatId: SeatId, to: PersonHandle): Promise<void> {
    for (;;) {
      const conversation = await this.load(id);
      const seat = conversation?.seats.find((each) => each.id === seatId);
      if (conversation === undefined || seat === undefined || seat.person === to.id) return;
      if (await this.#write(conversation, seat, to)) return;
    }
  }

  /**
   * The pointers to a person that a retired key sealed are sealed anew, in each of their seats: who was linked with whom they
   * talked to has two, and one note of them. Says whether there was one. May be repeated. @throws StoreAway
   */
  async repoint(id: ConversationId, person: PersonId): Promise<boolean> {
    const { connection, scripts, vault } = this.#store;
    const name = keys.conversation(id);
    let found = false;
    for (const [field, before] of fields(await connection.command("HGETALL", name))) {
      if (!field.startsWith("o:")) continue;
      const pointer = this.#masked(id, field, before);
      const isOpen = vault.keyring.resolve(sealedBy(pointer)) !== undefined; // not of somebody who was forgotten
      if (!isOpen || openPointer(vault.keyring, pointer) !== person) continue;
      const renewed = renewPointer(vault.keyring, vault.random, pointer);
      if (renewed === undefined) continue;
      await connection.call(scripts.field_swap, [name], [field, before, this.#masked(id, field, renewed)]);
      found = true;
    }
    return found;
  }

  /**
   * Deletes a conversation that nobody needs any more, with what finds it. The notes of those who sat there are theirs to part
   * with. May be repeated, also when it can't be opened any more. @throws StoreAway
   */
  async drop(id: ConversationId, chats: readonly ChatKey[]): Promise<void> {
    const { connection, journal } = this.#store;
    await journal.note({ kind: "closed", conversation: id });
    for (const chat of chats) await this.dropChat(chat, id);
    await connection.command("DEL", keys.conversation(id));
    await connection.command("SREM", keys.pairs, id);
    this.#keys.delete(id);
  }

  /** A seat with its legs under another person's key. False when the conversation has changed meanwhile. */
  async #write(
    conversation: Conversation,
    { person: _before, ...rest }: Seat,
    to: PersonHandle,
  ): Promise<boolean> {
    const { connection, scripts } = this.#store;
    const { id } = conversation;
    // Noted first: who sits somewhere without a note isn't found there.
    await this.#people.join(to, id, rest.id);
    const seat: Seat = { ...rest, person: to.id };
    const legs = conversation.legs.filter((leg) => leg.seat === seat.id);
    const after = applyChanges(conversation, [{ kind: "seat", seat }]);
    const changes: Change[] = [{ kind: "seat", seat }, ...legs.map((leg): Change => ({ kind: "leg", leg }))];
    const fieldChanges = [...this.#seatKeys(id, seat.id, to), ...this.fieldsOf(after, changes)];
    const args = [conversation.version, ...fieldChanges.flat()];
    return (await connection.call(scripts.reseat, [keys.conversation(id)], args)) === 1;
  }

  async #read(id: ConversationId): Promise<{ conversation: Conversation; opened: Opened } | undefined> {
    const hash = fields(await this.#store.connection.command("HGETALL", keys.conversation(id)));
    const sealedRecord = hash.get("p");
    if (sealedRecord === undefined) return undefined;
    const opened = await this.#open(id, hash);
    const record = parse<ConversationRecord>(open(only(opened.key), "conversation", id, sealedRecord));
    const seats: Seat[] = [];
    const legs: Leg[] = [];
    for (const [field, value] of hash) {
      const [kind, index, name] = field.split(":");
      if (name === undefined) continue;
      const shown = (sealed: Buffer): Buffer => this.#masked(id, `${kind}:${name}`, sealed);
      if (kind === "s") seats[Number(index)] = readSeat(name as SeatId, shown(value), opened);
      if (kind === "l") legs[Number(index)] = readLeg(name as LegId, value, shown, opened);
    }
    const [version, gate] = [Number(hash.get("v")), Number(hash.get("g"))];
    return { conversation: { id, version, gate, record, seats, legs }, opened };
  }

  /** What a decision's changes write, sealed. The gate is raised by the number it becomes. */
  fieldsOf(before: Conversation, changes: readonly Change[]): FieldChange[] {
    let now = before;
    return changes.flatMap((change) => {
      const field = this.#fieldOf(now, change);
      const own = change.kind === "leg" ? gateOf(change.leg) : [];
      now = applyChanges(now, [change]); // a second new leg stands behind the first
      return [field, ...own];
    });
  }

  #fieldOf(before: Conversation, change: Change): FieldChange {
    switch (change.kind) {
      case "record":
        return ["p", this.#seal("conversation", before.id, before.id, JSON.stringify(change.record))];
      case "gate":
        return ["g", before.gate + 1];
      case "seat": {
        const index = placeOf(before.seats, change.seat);
        return [`s:${index}:${change.seat.id}`, this.#sealSeat(before, change.seat)];
      }
      case "leg": {
        const index = before.legs.findIndex(({ id }) => id === change.leg.id);
        const place = index < 0 ? before.legs.length : index; // a new one stands last
        return [`l:${place}:${change.leg.id}`, this.#sealLeg(before, change.leg)];
      }
      default:
        return assertNever(change);
    }
  }

  /** Which leg a native chat is. */
  async byChat(chat: ChatKey): Promise<{ conversation: ConversationId; leg: LegId } | undefined> {
    const entry = text(await this.#store.connection.command("GET", keys.chat(chat)));
    const [conversation, leg] = entry?.split(":") ?? [];
    if (conversation === undefined || leg === undefined) return undefined;
    return { conversation: conversation as ConversationId, leg: leg as LegId }; // written by setChat or commit
  }

  async setChat(chat: ChatKey, conversation: ConversationId, leg: LegId): Promise<void> {
    await this.#store.connection.command("SET", keys.chat(chat), `${conversation}:${leg}`);
  }

  /** A native chat isn't this conversation's, or this leg's, any more. False when it is another's by now, or nobody's. */
  async dropChat(chat: ChatKey, of: ConversationId | LegId): Promise<boolean> {
    const { connection, scripts } = this.#store;
    return (await connection.call(scripts.chat_drop, [keys.chat(chat)], [of])) === 1;
  }

  /** The conversations of the config's pairs, also of those that were taken out. */
  async pairs(): Promise<readonly ConversationId[]> {
    return texts(await this.#store.connection.command("SMEMBERS", keys.pairs)) as ConversationId[]; // written by create
  }

  async #open(id: ConversationId, hash: ReadonlyMap<string, Buffer>): Promise<Opened> {
    const seats = new Map<SeatId, OwnPerson>();
    let key = this.#keys.get(id);
    for (const [field, value] of hash) {
      if (!field.startsWith("o:")) continue;
      const seat = field.slice(2) as SeatId; // written by create
      const person = await this.#people.ownBehind(this.#masked(id, field, value), `conversation ${id}`);
      const wrapped = hash.get(`w:${seat}`);
      if (person === undefined || wrapped === undefined) continue;
      seats.set(seat, person);
      key ??= openConversationKey(person.handle.key, id, seat, this.#masked(id, `w:${seat}`, wrapped));
    }
    if (key === undefined) throw new UnknownKey("conversation"); // all who sat there were forgotten
    this.#keys.set(id, key);
    return { key, seats };
  }

  #keyOf(id: ConversationId): SealKey {
    const key = this.#keys.get(id);
    if (key === undefined) throw new Error(`conversation ${id} is changed before it was loaded`);
    return key;
  }

  /** The conversation's key for a seat, and whose seat it is. */
  #seatKeys(id: ConversationId, seat: SeatId, person: PersonHandle): FieldChange[] {
    const wrapped = wrapConversationKey(person.key, this.#store.vault.random, id, seat, this.#keyOf(id));
    return [
      [`w:${seat}`, this.#masked(id, `w:${seat}`, wrapped)],
      [`o:${seat}`, this.#masked(id, `o:${seat}`, person.pointer)],
    ];
  }

  #seal(type: "conversation", id: ConversationId, name: string, plain: string): Buffer {
    return seal(this.#keyOf(id), this.#store.vault.random, type, name, plain);
  }

  #sealSeat({ id, seats }: Conversation, seat: Seat): Buffer {
    const { id: _id, person: _person, ...rest } = seat;
    const plain = JSON.stringify(rest);
    // Whose seat it is doesn't change by a decision.
    const { key } = this.#personOf(seats.find((each) => each.id === seat.id) ?? seat);
    const sealed = seal(key, this.#store.vault.random, "seat", seat.id, plain);
    return this.#masked(id, `s:${seat.id}`, sealed);
  }

  #sealLeg({ id, seats }: Conversation, leg: Leg): Buffer {
    const { to, portal, number, ...rest } = leg;
    const plain = JSON.stringify({
      ...rest,
      to: to.expose(),
      portal: portal?.expose(),
      number: number?.expose(),
    });
    const { key } = this.#personOf(seats.find((seat) => seat.id === leg.seat));
    // The seat's id stands before the seal: it says whose key opens it.
    const sealed = seal(key, this.#store.vault.random, "leg", leg.id, plain);
    return Buffer.concat([Buffer.from(leg.seat), this.#masked(id, `l:${leg.id}`, sealed)]);
  }

  /** A person's records stand in many conversations: the id of their key must not show that. Undone by the same call. */
  #masked(id: ConversationId, place: string, sealed: Buffer): Buffer {
    return masked(sealed, this.#store.vault.keyring.mask(id, place));
  }

  /** A seat with whoever its person is by now. */
  async #seated(seat: Seat): Promise<Seat> {
    const person = await this.#people.byId(seat.person);
    if (person === undefined) throw new Error("a seat is given to a person who isn't there");
    return { ...seat, person: person.id };
  }

  /**
   * By the snapshot, and by nothing that was read later: what is written counts only while the conversation is as the snapshot
   * says.
   */
  #personOf(seat: Seat | undefined): PersonHandle {
    const person = seat && this.#people.opened(seat.person);
    if (person === undefined) throw new Error(`a seat or leg is changed whose person wasn't opened`);
    return person;
  }
}

function gateOf({ id, gate }: Leg): FieldChange[] {
  return gate === undefined ? [] : [[`g:${id}`, gate]];
}

function placeOf<T extends { readonly id: string }>(list: readonly T[], { id }: T): number {
  const index = list.findIndex((each) => each.id === id);
  if (index < 0) throw new Error("a change is about a seat or leg that the conversation doesn't have");
  return index;
}

const SEAT_ID_LENGTH = 16;

function readSeat(id: SeatId, sealed: Buffer, { seats }: Opened): Seat {
  const person = seats.get(id)?.handle;
  if (person === undefined) throw new Error(`seat ${id} has no person who can be opened`);
  const rest = parse<Omit<Seat, "id" | "person">>(open(only(person.key), "seat", id, sealed));
  return { id, person: person.id, ...rest };
}

function readLeg(id: LegId, value: Buffer, shown: (sealed: Buffer) => Buffer, { seats }: Opened): Leg {
  const seat = value.subarray(0, SEAT_ID_LENGTH).toString() as SeatId; // written by sealLeg
  const person = seats.get(seat)?.handle;
  if (person === undefined) throw new Error(`seat ${seat} has no person who can be opened`);
  const { to, portal, number, ...rest } = parse<SealedLeg>(
    open(only(person.key), "leg", id, shown(value.subarray(SEAT_ID_LENGTH))),
  );
  return {
    ...rest,
    id,
    seat,
    to: new Sensitive(to),
    ...(number === undefined ? {} : { number: new Sensitive(number) }),
    ...(portal === undefined ? {} : { portal: new Sensitive(portal) }),
  };
}

/** A leg as it is written: its addresses in clear, inside the seal. */
interface SealedLeg extends Omit<Leg, "to" | "portal" | "number"> {
  readonly to: string;
  readonly portal?: string;
  readonly number?: string;
}

/** The record is authenticated: what is in it was written by `create` or `fieldsOf`. */
function parse<T>(plain: Buffer): T {
  return JSON.parse(plain.toString()) as T;
}
