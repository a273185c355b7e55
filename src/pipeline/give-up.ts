import { type Conversation, legOfSeat, type Seat } from "../model/conversation.ts";
import type { CanonicalId } from "../model/ids.ts";
import { notice } from "../routing/decide.ts";
import type { Awaited } from "../store/unanswered.ts";
import { giveUpUnanswered } from "./errands/guard.ts";
import { circumstancesOf, type House } from "./house.ts";
import { type Committer, commitOwn, type OwnWork } from "./own-commit.ts";

/** So many are ended in one go. */
const AT_ONCE = 256;
/** The first octet of such a step's canonical id (errand.ts, saga.ts, own-commit.ts and pairs.ts have others). */
const GIVEN_UP = 0x30;

/** Ends texts whose writers didn't say in time whether they are sent, and tells them. May be called at any time. */
export async function giveUp(house: House, committer: Committer): Promise<void> {
  for (;;) {
    const due = await house.unanswered.due(house.clock.now(), AT_ONCE);
    let busy = 0;
    for (const awaited of due) {
      if (await isBusy(house, awaited)) busy += 1;
      else await end(house, committer, awaited);
    }
    if (due.length < AT_ONCE || busy > 0) return;
  }
}

/** The answer is being worked on: it came in time. */
async function isBusy({ cache }: House, { conversation: id, seat }: Awaited): Promise<boolean> {
  const conversation = await cache.get(id);
  return conversation !== undefined && hasErrand(conversation, seat);
}

function hasErrand({ legs, record }: Conversation, seat: Seat["id"]): boolean {
  return legs.some((leg) => leg.seat === seat && record.errands?.[leg.id] !== undefined);
}

async function end(house: House, committer: Committer, awaited: Awaited): Promise<void> {
  const { conversation, canonical, seat } = awaited;
  const now = house.clock.now();
  const what = { conversation, canonical: givenUp(canonical), acceptedAt: now };
  await commitOwn(house, committer, what, (found) => ending(house, found, seat, now));
  const left = await house.cache.get(conversation);
  // An answer came between the look and the commit: it is looked at again.
  if (left === undefined || !hasErrand(left, seat)) await house.unanswered.remove(awaited);
}

function ending(house: House, found: Conversation, id: Seat["id"], now: number): OwnWork | undefined {
  const seat = found.seats.find((each) => each.id === id);
  if (seat === undefined || hasErrand(found, id)) return undefined;
  const ended = giveUpUnanswered(found.record, seat, now);
  const leg = legOfSeat(found, seat);
  if (ended === undefined) return undefined;
  const text = house.texts.notSent({ texts: ended.texts, why: "unanswered" });
  const told = leg === undefined ? [] : [notice(leg, text, circumstancesOf(house))];
  return { changes: [{ kind: "record", record: ended.record }], deliveries: told };
}

function givenUp(canonical: CanonicalId): CanonicalId {
  const id = Buffer.concat([Buffer.of(GIVEN_UP), Buffer.from(canonical, "base64url")]);
  return id.toString("base64url") as CanonicalId; // of our own making
}
