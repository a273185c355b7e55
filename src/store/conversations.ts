import { assertNever } from "../model/assert-never.ts";
import {
  applyChanges,
  type Change,
  type Conversation,
  type ConversationRecord,
  type Leg,
  type Seat,
} from "../model/conversation.ts";
import type { AccountId, ChatKey, ConversationId, LegId, PersonId, SeatId } from "../model/ids.ts";
import { Sensitive } from "../model/sensitive.ts";
import { createConversationKey, openConversationKey, wrapConversationKey } from "../privacy/person-keys.ts";
import { masked, only, open, type SealKey, seal } from "../privacy/sealer.ts";
import { keys } from "./keys.ts";
import type { People, PersonHandle } from "./people.ts";
import { fields, text, texts } from "./reply.ts";
import type { Store } from "./store.ts";

/** The keys of a conversation that was opened. */
interface OpenKeys {
  readonly conversation: SealKey;
  readonly seats: ReadonlyMap<SeatId, PersonHandle>;
}

/** A field of a conversation's hash and what it becomes. */
type FieldChange = readonly [field: string, value: Buffer | string | number];

/**
 * Conversations with their seats and legs, in one hash each. Shared records are sealed by the conversation's key, a seat
 * and its leg by the data key of the person who sits there.
 * Fields: v version, n sequence, g gate, p record, w:<seat> wrapped key, o:<seat> pointer to the person, s:<i>:<seat>,
 * l:<i>:<leg>, f:<lane> the highest fence of a lane.
 */
export class Conversations {
  readonly #store: Store;
  readonly #people: People;
  readonly #keys = new Map<ConversationId, OpenKeys>();

  constructor(store: Store, people: People) {
    this.#store = store;
    this.#people = people;
  }

  /** A new conversation's fields; written by the caller with whatever belongs to the same step. */
  async create(conversation: Conversation): Promise<void> {
    const { connection, vault } = this.#store;
    const key = createConversationKey(vault.random);
    const args: (string | Buffer | number)[] = ["v", conversation.version, "n", 0, "g", conversation.gate];
    const seats = new Map<SeatId, PersonHandle>();
    for (const seat of conversation.seats) {
      const person = await this.#person(seat.person);
      seats.set(seat.id, person);
      const wrapped = wrapConversationKey(person.key, vault.random, conversation.id, seat.id, key);
      args.push(`w:${seat.id}`, this.#masked(conversation.id, `w:${seat.id}`, wrapped));
      args.push(`o:${seat.id}`, this.#masked(conversation.id, `o:${seat.id}`, person.pointer));
      await this.#people.join(person, conversation.id, seat.id);
    }
    this.#keys.set(conversation.id, { conversation: key, seats });
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
    await connection.command("SADD", keys.conversations, conversation.id);
    await connection.command("HSET", keys.conversation(conversation.id), ...args);
  }

  /** The conversation as it is now; undefined when there is none. @throws UnknownKey when all who sat there were forgotten. */
  async load(id: ConversationId): Promise<Conversation | undefined> {
    const hash = fields(await this.#store.connection.command("HGETALL", keys.conversation(id)));
    const sealedRecord = hash.get("p");
    if (sealedRecord === undefined) return undefined;
    const opened = await this.#open(id, hash);
    const record = parse<ConversationRecord>(
      open(only(opened.conversation), "conversation", id, sealedRecord),
    );
    const seats: Seat[] = [];
    const legs: Leg[] = [];
    for (const [field, value] of hash) {
      const [kind, index, name] = field.split(":");
      if (name === undefined) continue;
      const shown = (sealed: Buffer): Buffer => this.#masked(id, `${kind}:${name}`, sealed);
      if (kind === "s") seats[Number(index)] = readSeat(name as SeatId, shown(value), opened);
      if (kind === "l") legs[Number(index)] = readLeg(name as LegId, value, shown, opened);
    }
    return { id, version: Number(hash.get("v")), gate: Number(hash.get("g")), record, seats, legs };
  }

  /** What a decision's changes write, sealed. The gate is raised by the number it becomes. */
  fieldsOf(before: Conversation, changes: readonly Change[]): FieldChange[] {
    let now = before;
    return changes.map((change) => {
      const field = this.#fieldOf(now, change);
      now = applyChanges(now, [change]); // a second new leg stands behind the first
      return field;
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
        return [`s:${index}:${change.seat.id}`, this.#sealSeat(before.id, change.seat)];
      }
      case "leg": {
        const index = before.legs.findIndex(({ id }) => id === change.leg.id);
        const place = index < 0 ? before.legs.length : index; // a new one stands last
        return [`l:${place}:${change.leg.id}`, this.#sealLeg(before.id, change.leg)];
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

  async dropChat(chat: ChatKey): Promise<void> {
    await this.#store.connection.command("DEL", keys.chat(chat));
  }

  /** All conversations there are. */
  async ids(): Promise<readonly ConversationId[]> {
    return texts(await this.#store.connection.command("SMEMBERS", keys.conversations)) as ConversationId[]; // written by create
  }

  async #open(id: ConversationId, hash: ReadonlyMap<string, Buffer>): Promise<OpenKeys> {
    const known = this.#keys.get(id);
    if (known !== undefined) return known;
    const seats = new Map<SeatId, PersonHandle>();
    let key: SealKey | undefined;
    for (const [field, value] of hash) {
      if (!field.startsWith("o:")) continue;
      const seat = field.slice(2) as SeatId; // written by create
      const person = await this.#people.behind(this.#masked(id, field, value), `conversation ${id}`);
      const wrapped = hash.get(`w:${seat}`);
      if (person === undefined || wrapped === undefined) continue;
      seats.set(seat, person);
      key ??= openConversationKey(person.key, id, seat, this.#masked(id, `w:${seat}`, wrapped));
    }
    if (key === undefined) throw new Error(`conversation ${id} has no seat whose person can be opened`);
    const opened = { conversation: key, seats };
    this.#keys.set(id, opened);
    return opened;
  }

  #keysOf(id: ConversationId): OpenKeys {
    const opened = this.#keys.get(id);
    if (opened === undefined) throw new Error(`conversation ${id} is changed before it was loaded`);
    return opened;
  }

  #seal(type: "conversation", id: ConversationId, name: string, plain: string): Buffer {
    return seal(this.#keysOf(id).conversation, this.#store.vault.random, type, name, plain);
  }

  #sealSeat(id: ConversationId, seat: Seat): Buffer {
    const { id: _id, person: _person, ...rest } = seat;
    const plain = JSON.stringify(rest);
    const key = keyOf(this.#keysOf(id), seat.id);
    const sealed = seal(key, this.#store.vault.random, "seat", seat.id, plain);
    return this.#masked(id, `s:${seat.id}`, sealed);
  }

  #sealLeg(id: ConversationId, leg: Leg): Buffer {
    const { to, portal, number, ...rest } = leg;
    const plain = JSON.stringify({
      ...rest,
      to: to.expose(),
      portal: portal?.expose(),
      number: number?.expose(),
    });
    // The seat's id stands before the seal: it says whose key opens it.
    const sealed = seal(keyOf(this.#keysOf(id), leg.seat), this.#store.vault.random, "leg", leg.id, plain);
    return Buffer.concat([Buffer.from(leg.seat), this.#masked(id, `l:${leg.id}`, sealed)]);
  }

  /** A person's records stand in many conversations: the id of their key must not show that. Undone by the same call. */
  #masked(id: ConversationId, place: string, sealed: Buffer): Buffer {
    return masked(sealed, this.#store.vault.keyring.mask(id, place));
  }

  async #person(id: PersonId): Promise<PersonHandle> {
    const person = await this.#people.byId(id);
    if (person === undefined) throw new Error("a seat is given to a person who isn't there");
    return person;
  }
}

function keyOf(opened: OpenKeys, seat: SeatId): SealKey {
  const person = opened.seats.get(seat);
  if (person === undefined) throw new Error(`seat ${seat} has no person who can be opened`);
  return person.key;
}

function placeOf<T extends { readonly id: string }>(list: readonly T[], { id }: T): number {
  const index = list.findIndex((each) => each.id === id);
  if (index < 0) throw new Error("a change is about a seat or leg that the conversation doesn't have");
  return index;
}

const SEAT_ID_LENGTH = 16;

function readSeat(id: SeatId, sealed: Buffer, opened: OpenKeys): Seat {
  const person = opened.seats.get(id);
  if (person === undefined) throw new Error(`seat ${id} has no person who can be opened`);
  const rest = parse<Omit<Seat, "id" | "person">>(open(only(person.key), "seat", id, sealed));
  return { id, person: person.id, ...rest };
}

function readLeg(id: LegId, value: Buffer, shown: (sealed: Buffer) => Buffer, opened: OpenKeys): Leg {
  const seat = value.subarray(0, SEAT_ID_LENGTH).toString() as SeatId; // written by sealLeg
  const plain = parse<{
    account: AccountId;
    to: string;
    alias: string;
    portal?: string;
    number?: string;
    chat?: ChatKey;
    away: boolean;
  }>(open(only(keyOf(opened, seat)), "leg", id, shown(value.subarray(SEAT_ID_LENGTH))));
  return {
    id,
    seat,
    account: plain.account,
    to: new Sensitive(plain.to),
    alias: plain.alias,
    away: plain.away,
    ...(plain.number === undefined ? {} : { number: new Sensitive(plain.number) }),
    ...(plain.portal === undefined ? {} : { portal: new Sensitive(plain.portal) }),
    ...(plain.chat === undefined ? {} : { chat: plain.chat }),
  };
}

/** The record is authenticated: what is in it was written by `create` or `fieldsOf`. */
function parse<T>(plain: Buffer): T {
  return JSON.parse(plain.toString()) as T;
}
