import type { Conversation, Seat } from "../../model/conversation.ts";
import type { PersonId } from "../../model/ids.ts";
import { type BlockKind, Blocks, isBlockOf } from "../blocks.ts";
import { keys } from "../keys.ts";
import type { PersonHandle } from "../people.ts";
import { leaveDesks } from "./desks.ts";
import type { Restoring } from "./restoring.ts";

/**
 * Whom people blocked or muted since the backup they don't hear of: the fact as it stood, and their seats with them as the command
 * leaves them (errands/block.ts). Somebody who came after the backup isn't there, and needs no block.
 */
export async function applyBlocks(state: Restoring): Promise<void> {
  const { connection, ended, people, persons } = state;
  const blockers = new Set<PersonId>();
  for (const { field, person, sealed } of ended.blocks) {
    const id = person as PersonId; // a random id of the house's own
    if (!persons.has(id)) continue;
    const own = await people.own(id);
    const block = Buffer.from(sealed, "base64");
    if (own === undefined || !isBlockOf(own.handle, field, block)) {
      state.ignored += 1; // what nobody can open would stand in their way for ever
      continue;
    }
    await connection.command("HSETNX", keys.person(id), field, block);
    blockers.add(id);
  }
  for (const id of blockers) {
    const found = await people.own(id);
    if (found !== undefined) await shutSeats(state, found.handle);
  }
}

async function shutSeats(state: Restoring, blocker: PersonHandle): Promise<void> {
  for (const { conversation, seat } of await state.people.seats(blocker)) {
    const now = state.kept.has(conversation) ? await state.conversations.load(conversation) : undefined;
    const own = now?.seats.find(({ id }) => id === seat);
    if (now === undefined || own === undefined || own.state === "blocked" || own.state === "left") continue;
    if (await isAgainst(state, blocker, "block", now, own)) {
      await write(state, now, { ...own, state: "blocked" });
      await leaveDesks(state, blocker, conversation);
    } else if (await isAgainst(state, blocker, "mute", now, own))
      await write(state, now, { ...own, muted: true });
  }
}

/** Whether anybody who sits there with them is blocked, or muted. */
async function isAgainst(
  state: Restoring,
  blocker: PersonHandle,
  kind: BlockKind,
  { seats }: Conversation,
  own: Seat,
): Promise<boolean> {
  const blocks = new Blocks(state);
  for (const { id, person } of seats) {
    const other = id === own.id ? undefined : await state.people.byId(person);
    if (other !== undefined && (await blocks.has(blocker, kind, await state.people.identities(other))))
      return true;
  }
  return false;
}

/** Its legs' gates needn't close: nothing is queued in a restored state. */
async function write({ connection, conversations }: Restoring, now: Conversation, seat: Seat): Promise<void> {
  const written = conversations.fieldsOf(now, [{ kind: "seat", seat }]).flat();
  await connection.command("HSET", keys.conversation(now.id), ...written);
}
