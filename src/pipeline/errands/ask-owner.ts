import {
  type ContactRecord,
  type Conversation,
  type DeskRecord,
  isWaiting,
} from "../../model/conversation.ts";
import type { CanonicalId } from "../../model/ids.ts";
import { UnknownKey } from "../../privacy/errors.ts";
import { notice } from "../../routing/decide.ts";
import { QUESTION_TIME } from "../../routing/follow-up.ts";
import { circumstancesOf, type House } from "../house.ts";
import { commitOwn, type OwnWork } from "../own-commit.ts";
import { reachedBy, type Sides, sidesOf } from "./acquaintance.ts";
import type { ErrandScene } from "./errand.ts";
import { broughtBack } from "./home.ts";
import { openText } from "./kept-text.ts";

/**
 * Asks the owner of a handle about a request, unless one of the two has blocked the other; who has muted the guest finds it
 * among their requests, and isn't told. Once for each `step`. @throws StoreAway
 */
export async function askOwner(
  { committer, event, house }: ErrandScene,
  made: Conversation,
  step: CanonicalId,
): Promise<void> {
  const { record } = made;
  const sides = sidesOf(made);
  if (record.origin !== "contact" || sides === undefined || !isWaiting(record) || isQuiet(sides)) return;
  const words = firstWords(house, made, record);
  if (words === undefined) return; // answered already
  const what = { conversation: record.desk, canonical: step, acceptedAt: event.acceptedAt };
  await commitOwn(house, committer, what, (desk) => asked(house, desk, made, sides, words, step));
}

/** Whether nobody is asked, because one of the two has blocked the other. */
export function isQuiet({ guest, owner }: Sides): boolean {
  return owner.state !== "requested" || guest.state !== "accepted";
}

function asked(
  house: House,
  { legs, record }: Conversation,
  made: Conversation,
  { guest, owner }: Sides,
  words: string,
  step: CanonicalId,
): OwnWork | undefined {
  const [to] = legs;
  if (record.origin !== "desk" || to === undefined || made.record.origin !== "contact") return undefined;
  if (record.requests.some(({ conversation }) => conversation === made.id)) return undefined;
  const number = record.lastRequest + 1;
  const request = { number, conversation: made.id, name: guest.name, label: made.record.label, asked: step };
  const listed: DeskRecord = { ...record, requests: [...record.requests, request], lastRequest: number };
  if (owner.muted === true) return { changes: [{ kind: "record", record: listed }], deliveries: [] };
  const { title: network, encryption } = house.capabilities(reachedBy(made, guest).account);
  const isOnly = record.requests.length === 0;
  const text = house.texts.request({ ...request, network, encryption, text: words, isOnly });
  const circumstances = circumstancesOf(house);
  const until = circumstances.now + QUESTION_TIME;
  const question = { kind: "request", request: number, until, asked: step } as const;
  const next: DeskRecord = { ...listed, questions: { ...record.questions, [to.seat]: question } };
  const back = broughtBack(to, circumstances);
  return {
    changes: [{ kind: "record", record: next }, ...back.changes],
    deliveries: [...back.deliveries, notice(to, text, circumstances)],
  };
}

/** What the guest wrote first; undefined when nothing of it is left. */
function firstWords({ store }: House, { id }: Conversation, { kept }: ContactRecord): string | undefined {
  const [sealed] = Object.values(kept);
  if (sealed === undefined) return undefined;
  try {
    const { content } = openText(store.vault, id, sealed);
    return content.kind === "text" ? content.text : undefined;
  } catch (error) {
    if (error instanceof UnknownKey) return undefined;
    throw error;
  }
}
