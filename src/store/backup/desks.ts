import type { Conversation, ConversationRecord } from "../../model/conversation.ts";
import type { ConversationId } from "../../model/ids.ts";
import { keys } from "../keys.ts";
import type { PersonHandle } from "../people.ts";
import type { Restoring } from "./restoring.ts";

/** A conversation isn't led at any desk of a person any more, and asked for at none. */
export async function leaveDesks(state: Restoring, person: PersonHandle, id: ConversationId): Promise<void> {
  const { connection, conversations } = state;
  for (const desk of await desksOf(state, person)) {
    const record = withoutConversation(desk.record, id);
    if (record === desk.record) continue;
    const written = conversations.fieldsOf(desk, [{ kind: "record", record }]).flat();
    await connection.command("HSET", keys.conversation(desk.id), ...written);
  }
}

async function desksOf(state: Restoring, person: PersonHandle): Promise<readonly Conversation[]> {
  const desks: Conversation[] = [];
  for (const { conversation } of await state.people.seats(person)) {
    const found = state.kept.has(conversation) ? await state.conversations.load(conversation) : undefined;
    if (found?.record.origin === "desk") desks.push(found);
  }
  return desks;
}

function withoutConversation(record: ConversationRecord, id: ConversationId): ConversationRecord {
  if (record.origin !== "desk") return record;
  const isOther = ({ conversation }: { readonly conversation: ConversationId }): boolean =>
    conversation !== id;
  const [threads, requests] = [record.threads.filter(isOther), record.requests.filter(isOther)];
  const isSame = threads.length === record.threads.length && requests.length === record.requests.length;
  return isSame ? record : { ...record, threads, requests };
}
