import type { Conversation, Leg } from "../../model/conversation.ts";
import type { ConversationId, IdentityId, PersonId } from "../../model/ids.ts";
import { familyOf } from "../family-of.ts";
import { foundKey, keys } from "../keys.ts";
import { COOL_DOWN } from "../number-pairs.ts";
import type { Identity } from "../people.ts";
import { fields, text } from "../reply.ts";
import { scanNames } from "../scan.ts";
import { applyBlocks } from "./blocked.ts";
import { leaveDesks } from "./desks.ts";
import type { OptOutEntry } from "./ended.ts";
import type { Restoring } from "./restoring.ts";

/** Takes out of a restored state what has ended since its backup, and writes down who wants to hear from whom since. */
export async function applyEnded(state: Restoring): Promise<void> {
  for (const { person, identity } of state.ended.unlinked) {
    // Random ids of the house's own.
    await unlink(state, person as PersonId, identity as IdentityId);
  }
  for (const [id, seated] of state.dropped) await leaveNoTrace(state, id, seated);
  await coolDown(state);
  await applyBlocks(state);
  for (const wish of state.ended.optOuts) await applyOptOut(state, wish);
}

/** An address isn't its person's any more: nothing leads from one to the other, and where it was their only leg, nothing goes on. */
async function unlink(state: Restoring, id: PersonId, identityId: IdentityId): Promise<void> {
  const { connection, people } = state;
  const person = state.persons.has(id) ? (await people.own(id))?.handle : undefined;
  if (person === undefined) return;
  const identity = (await people.identities(person)).find((each) => each.id === identityId);
  if (identity === undefined) return;
  for (const { conversation, seat } of await people.seats(person)) {
    const now = state.kept.has(conversation) ? await state.conversations.load(conversation) : undefined;
    if (now === undefined) continue;
    const own = now.legs.filter((leg) => leg.seat === seat && leg.over !== true);
    const going = own.filter((leg) => isBehind(state, identity, leg));
    if (going.length === 0) continue;
    if (going.length === own.length) await drop(state, now);
    else await endLegs(state, now, going);
  }
  const lookup = people.lookup(identity.network, identity.address);
  if (text(await connection.command("GET", lookup)) === `${id}:${identityId}`)
    await connection.command("DEL", lookup);
  await connection.command("HDEL", keys.person(id), `i:${identityId}`);
}

function isBehind({ networkOf }: Restoring, { address, alias, network }: Identity, leg: Leg): boolean {
  const to = leg.to.expose();
  const isIts = address.expose() === to || alias?.expose() === to;
  const of = networkOf(leg.account);
  // An account that isn't in the config any more: on which network that was isn't known.
  return isIts && (of === undefined || of === network);
}

async function drop(state: Restoring, conversation: Conversation): Promise<void> {
  const chats = conversation.legs.flatMap(({ chat }) => chat ?? []);
  await state.conversations.drop(conversation.id, chats);
  state.kept.delete(conversation.id);
  state.dropped.set(
    conversation.id,
    conversation.seats.map(({ person }) => person),
  );
}

async function endLegs(state: Restoring, now: Conversation, going: readonly Leg[]): Promise<void> {
  const { connection, conversations } = state;
  const changes = going.map(
    (leg) => ({ kind: "leg", leg: { ...leg, over: true, gate: (leg.gate ?? 0) + 1 } }) as const,
  );
  const written = conversations.fieldsOf(now, changes).flat();
  await connection.command("HSET", keys.conversation(now.id), ...written);
  for (const { chat, id } of going) if (chat !== undefined) await conversations.dropChat(chat, id);
}

/** Nobody's notes, and no desk, speak of a conversation that doesn't come back. */
async function leaveNoTrace(
  state: Restoring,
  id: ConversationId,
  seated: readonly PersonId[],
): Promise<void> {
  const { people, persons } = state;
  for (const seat of seated) {
    if (!persons.has(seat)) continue;
    const found = await people.own(seat);
    if (found === undefined) continue;
    for (const person of [found.handle, ...(found.movedTo === undefined ? [] : [found.movedTo])]) {
      await people.part(person, id);
      await leaveDesks(state, person, id);
    }
  }
}

/**
 * A number that a conversation had which doesn't come back is nobody's before it has cooled down. That of a pair of the config whose
 * person was forgotten is the pair's still: it is made anew at the next start.
 */
async function coolDown(state: Restoring): Promise<void> {
  const { connection, scripts, clock, ended, kept, pairs } = state;
  for await (const page of scanNames(connection)) {
    for (const name of page.filter((each) => familyOf(each) === "numberPairs")) {
      for (const [field, value] of fields(await connection.command("HGETALL", name))) {
        const [id = "", , releasedAt] = value.toString().split(":");
        // An id is looked up, whatever it is.
        if (releasedAt !== undefined || kept.has(id as ConversationId)) continue;
        if (pairs.has(id) && !ended.conversations.has(id)) await connection.command("HDEL", name, field);
        else await connection.call(scripts.pair_release, [foundKey("x", name)], [id, clock.now(), COOL_DOWN]);
      }
    }
  }
}

async function applyOptOut({ connection }: Restoring, wish: OptOutEntry): Promise<void> {
  const name = keys.optOuts(wish.phone);
  if (wish.kind === "opted-in") return void (await connection.command("HDEL", name, ...wish.scopes));
  for (const scope of wish.scopes) await connection.command("HSETNX", name, scope, wish.event);
}
