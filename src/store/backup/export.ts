import type { ConversationRecord, DeskRecord } from "../../model/conversation.ts";
import type { ConversationId, PersonId } from "../../model/ids.ts";
import { Tampered, UnknownKey } from "../../privacy/errors.ts";
import { openPersonKey, openPointer } from "../../privacy/person-keys.ts";
import { Conversations } from "../conversations.ts";
import { FAMILIES, type FamilyName } from "../families.ts";
import { familyOf, partsOf } from "../family-of.ts";
import { keys } from "../keys.ts";
import { People } from "../people.ts";
import { StoreAway } from "../redis/errors.ts";
import { fields, text, texts } from "../reply.ts";
import { scanNames } from "../scan.ts";
import type { Store } from "../store.ts";
import type { BackupCounts, BackupRecord, ConversationBackup, PersonRecord, Value } from "./record.ts";

/** How many keys are read at a time. */
const PAGE = 64;
/** A conversation that changes between two reads is read again. */
const TRIES = 5;
/** Of a person: fields that point to others by a key that is in no backup. */
const POINTERS = ["a", "o"];
/** What is due by time and is about something that is in no backup. */
const SHORT_TIMERS = /^(held|guard|link):/;

/** What the export reads. */
type Source = Pick<Store, "connection" | "scripts" | "vault" | "journal">;

/**
 * All that a backup has of the state, record by record. What several records say together is whole only when nothing changes it
 * meanwhile (pause.ts). @throws StoreAway
 */
export async function* exportState(store: Source): AsyncGenerator<BackupRecord> {
  const names = await namesOf(store);
  const counts = { persons: 0, conversations: 0, others: 0, leftOut: 0 };
  for (const { descriptor, key } of store.vault.keyring.lastingPeppers()) {
    if (descriptor.purpose !== "lookup") continue;
    const { lookup, generation } = descriptor;
    if (lookup !== "identity" && lookup !== "suppression") continue;
    yield { kind: "pepper", lookup, generation, key: key.export().toString("base64") };
  }
  const boot = Number(text(await store.connection.command("HGET", keys.meta, "boot")) ?? 0);
  yield { kind: "boot", boot };
  for await (const person of paged(names.get("person") ?? [], (name) => exportPerson(store, name))) {
    if (person !== undefined) yield person;
    counts[person === undefined ? "leftOut" : "persons"] += 1;
  }
  for (const page of pages(names.get("conversation") ?? [])) {
    // Of its own for each page: it keeps the keys that it opened.
    const conversations = new Conversations(store, new People(store));
    for (const found of await Promise.all(
      page.map((name) => exportConversation(store, conversations, name)),
    )) {
      if (found === "closed") continue;
      if (found !== undefined) yield found;
      counts[found === undefined ? "leftOut" : "conversations"] += 1;
    }
  }
  for (const [family, own] of names) {
    if (DONE.includes(family)) continue;
    for await (const value of paged(own, (name) => exportKey(store, family, name))) {
      if (value === undefined) continue;
      yield value;
      counts.others += 1;
    }
  }
  yield { kind: "end", ...(counts satisfies BackupCounts) };
}

/** Exported in their own way. */
const DONE: readonly FamilyName[] = ["meta", "person", "conversation"];

/** The names of all keys that are kept, by family; each once. */
async function namesOf({ connection }: Source): Promise<ReadonlyMap<FamilyName, readonly string[]>> {
  const found = new Map<FamilyName, Set<string>>();
  for await (const page of scanNames(connection)) {
    for (const name of page) {
      const family = familyOf(name);
      if (family === undefined || FAMILIES[family].backup.kind !== "kept") continue;
      const own = found.get(family) ?? new Set();
      found.set(family, own.add(name));
    }
  }
  return new Map([...found].map(([family, names]) => [family, [...names]]));
}

/** Undefined for one who is about to be forgotten, or can't be opened. */
async function exportPerson({ connection, vault }: Source, name: string): Promise<PersonRecord | undefined> {
  const [id = ""] = partsOf("person", name);
  const hash = fields(await connection.command("HGETALL", name));
  const wrapped = hash.get("k");
  if (wrapped === undefined || hash.has("x")) return undefined;
  const pointers: [string, string][] = [];
  const kept: [string, string][] = [];
  try {
    const key = openPersonKey(vault.keyring, id as PersonId, wrapped); // keys.ts named it
    for (const [field, value] of hash) {
      if (field === "k") continue;
      if (POINTERS.includes(field)) pointers.push([field, openPointer(vault.keyring, value)]);
      else kept.push([field, value.toString("base64")]);
    }
    const own = { id: key.id.toString("base64"), octets: key.key.export().toString("base64") };
    return { kind: "person", id, key: own, fields: kept, pointers };
  } catch (error) {
    // Forgotten, they or whom they became a part of; or damaged: the operator hears how many, and the others have their backup.
    if (error instanceof UnknownKey || error instanceof Tampered) return undefined;
    throw error;
  }
}

/** `closed`: nothing is said there any more. Undefined for one that can't be opened. */
async function exportConversation(
  { connection }: Source,
  conversations: Conversations,
  name: string,
): Promise<ConversationBackup | "closed" | undefined> {
  const id = partsOf("conversation", name)[0] as ConversationId; // keys.ts named it
  for (let i = 0; i < TRIES; i++) {
    const conversation = await openable(conversations, id);
    if (conversation === undefined) return undefined;
    if (!conversation.record.open) return "closed";
    const hash = fields(await connection.command("HGETALL", name));
    if (Number(hash.get("v")) !== conversation.version) continue;
    const record = withoutWaiting(conversation.record);
    for (const [field, value] of conversations.fieldsOf(conversation, [{ kind: "record", record }]))
      if (Buffer.isBuffer(value)) hash.set(field, value);
    // Pointers are by keys that are in no backup; fences are of lanes that are in none.
    const kept = [...hash].filter(([field]) => !field.startsWith("o:") && !field.startsWith("f:"));
    return {
      kind: "conversation",
      id,
      fields: kept.map(([field, value]) => [field, value.toString("base64")]),
      seats: conversation.seats.map((seat) => [seat.id, seat.person]),
    };
  }
  return undefined;
}

async function openable(conversations: Conversations, id: ConversationId) {
  try {
    return await conversations.load(id);
  } catch (error) {
    if (error instanceof StoreAway) throw error;
    return undefined; // somebody in it was forgotten, or it is damaged: the operator hears how many there are
  }
}

/** A record without what ends by itself within days: texts that wait for an answer, questions, what was about to be done. */
function withoutWaiting(record: ConversationRecord): ConversationRecord {
  const { errands: _errands, held: _held, guarded: _guarded, ...rest } = record;
  if (rest.origin === "contact") return { ...rest, questions: {}, kept: {} };
  if (rest.origin === "pair") return { ...rest, questions: {} };
  const { said: _said, focus: _focus, ...desk }: DeskRecord = rest;
  return { ...desk, questions: {} };
}

async function exportKey(
  { connection }: Source,
  family: FamilyName,
  name: string,
): Promise<BackupRecord | undefined> {
  const [type, until] = await Promise.all([
    connection.command("TYPE", name),
    connection.command("PEXPIRETIME", name),
  ]);
  const value = await readValue(connection, name, text(type) ?? "none");
  if (value === undefined) return undefined; // it went meanwhile
  const own = { kind: "key", family, name: partsOf(family, name), value } as const;
  return Number(until) > 0 ? { ...own, until: Number(until) } : own;
}

async function readValue(
  connection: Source["connection"],
  name: string,
  type: string,
): Promise<Value | undefined> {
  const base64 = (plain: string): string => Buffer.from(plain).toString("base64");
  switch (type) {
    case "string": {
      const value = await connection.command("GET", name);
      return Buffer.isBuffer(value) ? { type: "string", value: value.toString("base64") } : undefined;
    }
    case "hash": {
      const hash = fields(await connection.command("HGETALL", name));
      return { type: "hash", fields: [...hash].map(([field, value]) => [field, value.toString("base64")]) };
    }
    case "set":
      return { type: "set", members: texts(await connection.command("SMEMBERS", name)).map(base64) };
    case "zset": {
      const flat = texts(await connection.command("ZRANGE", name, 0, -1, "WITHSCORES"));
      const members = flat.flatMap((member, i) =>
        i % 2 === 0 && !SHORT_TIMERS.test(member) ? [[base64(member), Number(flat[i + 1])] as const] : [],
      );
      return { type: "sorted-set", members };
    }
    default:
      return undefined;
  }
}

function* pages<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let i = 0; i < all.length; i += PAGE) yield all.slice(i, i + PAGE);
}

async function* paged<T, U>(all: readonly T[], read: (each: T) => Promise<U>): AsyncGenerator<U> {
  for (const page of pages(all)) yield* await Promise.all(page.map(read));
}
