import type { DeskRecord, SaidText } from "../../model/conversation.ts";
import type { ConversationId } from "../../model/ids.ts";
import type { Sensitive } from "../../model/sensitive.ts";
import type { AcceptedEvent } from "../../store/accepted-event.ts";
import { MAP_LIFETIME } from "../../store/message-map.ts";
import type { House } from "../house.ts";
import { idFrom } from "../own-commit.ts";

/** Of so many texts of a desk it is known for whom they were. */
const MOST_SAID = 20;

/** The desk, which knows for which conversation texts were that its person wrote there. */
export function withSaid(
  desk: DeskRecord,
  conversation: ConversationId,
  events: readonly AcceptedEvent[],
  house: House,
): DeskRecord {
  const now = house.clock.now();
  const news = events.flatMap(({ ref }): readonly SaidText[] =>
    ref === undefined ? [] : [{ ref: nameOf(ref, house), conversation, at: now }],
  );
  if (news.length === 0) return desk;
  const names = new Set(news.map(({ ref }) => ref));
  const before = (desk.said ?? []).filter(({ at, ref }) => now - at < MAP_LIFETIME && !names.has(ref));
  return { ...desk, said: [...before, ...news].slice(-MOST_SAID) };
}

/** For which conversations the texts were that an event changes or takes back. */
export function saidFor(
  { said = [] }: DeskRecord,
  { body }: AcceptedEvent,
  house: House,
): readonly ConversationId[] {
  const targets = body.kind === "delete" ? body.targets : body.kind === "edit" ? [body.target] : [];
  const names = new Set(targets.map((target) => nameOf(target, house)));
  return [...new Set(said.filter(({ ref }) => names.has(ref)).map(({ conversation }) => conversation))];
}

/** Its id on its network stays readable to nobody. */
function nameOf(ref: Sensitive<string>, house: House): string {
  return idFrom(house, ref.expose(), "a text of a desk");
}
