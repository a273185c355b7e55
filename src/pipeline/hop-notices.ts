import { applyChanges, type Conversation } from "../model/conversation.ts";
import { notice } from "../routing/decide.ts";
import type { Circumstances } from "../routing/effects.ts";
import { hopChange } from "../routing/hop.ts";
import type { OwnWork } from "./own-commit.ts";

/** The work, with a word to all who take part if another hop is the weakest after it: nobody's is lowered in silence. */
export function withHopNotices(before: Conversation, work: OwnWork, circumstances: Circumstances): OwnWork {
  const said = hopChange(before, applyChanges(before, work.changes), circumstances);
  if (said.length === 0) return work;
  const notices = said.map(({ leg, text }) => notice(leg, text, circumstances));
  return { ...work, deliveries: [...work.deliveries, ...notices] };
}
