import { createSecretKey } from "node:crypto";
import type { ConversationId, PersonId } from "../../model/ids.ts";
import { openKeyring } from "../../privacy/keyring.ts";
import { adoptPersonKey } from "../../privacy/person-keys.ts";
import { masked, type SealKey } from "../../privacy/sealer.ts";
import { Conversations } from "../conversations.ts";
import { Handles } from "../handles.ts";
import type { Journal } from "../journal.ts";
import { keys } from "../keys.ts";
import { RESTORING } from "../meta.ts";
import { People } from "../people.ts";
import { Vault } from "../vault.ts";
import { applyEnded } from "./endings.ts";
import { InBatches } from "./in-batches.ts";
import type { BackupRecord, ConversationBackup, PersonRecord } from "./record.ts";
import type { Restored, RestoreParts, Restoring } from "./restoring.ts";
import { writeKey } from "./write-key.ts";

/** In a restore nothing ends that a later one had to know of. */
const NO_JOURNAL: Journal = { note: async () => undefined };

/**
 * Writes a backup's records into an empty state. It stands marked as unfinished from the first write to the last: a run that is
 * cut off leaves a state that no daemon takes, and that `clearUnfinished` empties for the next try.
 * @throws StoreAway, and what the key store throws
 */
export async function restoreState(
  parts: RestoreParts,
  records: AsyncIterable<BackupRecord>,
): Promise<Restored> {
  const { connection, ended } = parts;
  await connection.command("HSET", keys.meta, RESTORING, parts.mark);
  let state: Restoring | undefined;
  let boot = 0;
  let before: BackupRecord["kind"] = "pepper";
  const writes = new InBatches();
  for await (const record of records) {
    if (record.kind === "pepper") {
      await adoptPepper(parts, record);
      continue;
    }
    state ??= await begin(parts);
    const now: Restoring = state;
    if (record.kind !== before) await writes.done();
    if (before === "person" && record.kind !== "person") await pointAtEachOther(now);
    before = record.kind;
    if (record.kind === "boot") boot = record.boot;
    else if (record.kind === "person") await writes.add(() => writePerson(now, record));
    else if (record.kind === "conversation") await writes.add(() => writeConversation(now, record));
    else if (record.kind === "key") await writes.add(() => writeKey(now, record));
  }
  state ??= await begin(parts);
  await writes.done();
  await applyEnded(state);
  await publishHandles(state);
  // First the version, then the mark: cut off in between, it is unfinished still.
  await connection.command("HSET", keys.meta, "schema", parts.schema, "boot", boot);
  await connection.command("HDEL", keys.meta, RESTORING);
  return {
    persons: state.persons.size,
    conversations: state.kept.size,
    ended: {
      persons: ended.persons.size,
      conversations: state.dropped.size,
      handles: state.handlesEnded,
    },
    ignored: state.ignored,
  };
}

async function adoptPepper(
  { keyStore }: RestoreParts,
  { lookup, generation, key }: Extract<BackupRecord, { kind: "pepper" }>,
): Promise<void> {
  await keyStore.adopt({ purpose: "lookup", lookup, generation }, Buffer.from(key, "base64"));
}

async function begin(parts: RestoreParts): Promise<Restoring> {
  const { keyStore, clock, random, log, connection, scripts } = parts;
  const vault = new Vault(await openKeyring({ store: keyStore, clock, random, log }), random, clock);
  const store = { connection, scripts, vault, journal: NO_JOURNAL };
  const people = new People(store);
  return {
    ...parts,
    ...store,
    people,
    conversations: new Conversations(store, people),
    persons: new Set(),
    kept: new Set(),
    dropped: new Map(),
    pointers: [],
    owners: [],
    pairs: new Set(),
    handlesEnded: 0,
    ignored: 0,
  };
}

async function writePerson(state: Restoring, record: PersonRecord): Promise<void> {
  const { connection, vault, ended } = state;
  const id = record.id as PersonId; // as it was exported
  if (ended.persons.has(id)) return;
  const key: SealKey = {
    id: Buffer.from(record.key.id, "base64"),
    key: createSecretKey(Buffer.from(record.key.octets, "base64")),
  };
  const wrapped = await adoptPersonKey(vault.keyring, vault.random, id, key);
  const args: (string | Buffer)[] = ["k", wrapped];
  for (const [field, value] of record.fields) {
    if (field.startsWith("h:") && ended.handles.has(field.slice(2))) state.handlesEnded += 1;
    else args.push(field, Buffer.from(value, "base64"));
  }
  await connection.command("HSET", keys.person(id), ...args);
  state.persons.add(id);
  for (const [field, to] of record.pointers) state.pointers.push({ from: id, field, to: to as PersonId });
  if (record.fields.some(([field]) => field.startsWith("h:"))) state.owners.push(id);
}

/** All persons are written: who points to whom can be said. */
async function pointAtEachOther(state: Restoring): Promise<void> {
  const { connection, people, persons } = state;
  for (const { from, field, to } of state.pointers.splice(0)) {
    const handle = persons.has(to) ? (await people.own(to))?.handle : undefined;
    if (handle !== undefined) await connection.command("HSET", keys.person(from), field, handle.pointer);
    else if (field === "a") {
      // They had become a part of somebody who was forgotten: what is left of them goes as well.
      await connection.command("DEL", keys.person(from));
      persons.delete(from);
      people.close(from);
    }
  }
}

async function writeConversation(state: Restoring, record: ConversationBackup): Promise<void> {
  const { connection, ended, people, persons, vault } = state;
  const id = record.id as ConversationId; // as it was exported
  const seated = record.seats.map(([, person]) => person as PersonId); // likewise
  if (ended.conversations.has(id) || !seated.every((person) => persons.has(person))) {
    state.dropped.set(id, seated);
    return;
  }
  const args: (string | Buffer)[] = record.fields.flatMap(([field, value]) => [
    field,
    Buffer.from(value, "base64"),
  ]);
  for (const [seat, person] of record.seats) {
    const handle = (await people.own(person as PersonId))?.handle; // likewise
    if (handle === undefined) throw new Error("a person is gone who was just restored");
    const field = `o:${seat}`;
    args.push(field, masked(handle.pointer, vault.keyring.mask(id, field)));
  }
  await connection.command("HSET", keys.conversation(id), ...args);
  state.kept.add(id);
}

/** What codes lead to is made of the lists of their owners; those that expired meanwhile go on the way. */
async function publishHandles(state: Restoring): Promise<void> {
  const unneeded = (): never => {
    throw new Error("a restored handle's code is somebody else's");
  };
  const handles = new Handles(state, state.people, unneeded);
  for (const id of state.owners) {
    const owner = state.persons.has(id) ? (await state.people.own(id))?.handle : undefined;
    if (owner !== undefined) await handles.list(owner);
  }
}
