import { MINUTE, type Milliseconds } from "../../../src/model/index.ts";
import { isOwn } from "../inbound/stanza.ts";
import type { Begun } from "./book.ts";
import type { GroupInfo } from "./info.ts";
import { isUs, memberOf } from "./members.ts";
import type { GroupParts } from "./parts.ts";

/** WhatsApp's clock, by which a group was made, may be behind ours by so much. */
const SKEW: Milliseconds = 5 * MINUTE;

/**
 * Whether a group may be one that was begun and whose answer got lost, by a crash or a connection that broke. WhatsApp takes no name of
 * ours with which it could be asked for it; it was noted, durably and before it was asked for, for whom it is, what it is called, and
 * when. So it is one that we made since then, that is called so, that has nobody in it but us and that person, and that no alias has.
 * Where two of a person fit they can't be told apart, and needn't: nothing was said in either, and each alias takes another.
 */
export async function isHalfMade(
  info: GroupInfo,
  begun: Begun,
  parts: Pick<GroupParts, "own" | "people" | "book">,
): Promise<boolean> {
  const { own, people, book } = parts;
  if (!isOwn(info.creator, own()) || info.subject !== begun.subject) return false;
  if (!(info.created >= begun.at - SKEW)) return false;
  const person = await memberOf(info, begun.to, people);
  const isOthers = info.members.some((member) => member !== person && !isUs(member, own()));
  return !isOthers && (await book.ofGroup(info.group)) === undefined;
}
