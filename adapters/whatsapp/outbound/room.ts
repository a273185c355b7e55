import type { GroupInfo } from "../groups/info.ts";
import { othersIn } from "../groups/members.ts";
import type { Own } from "../inbound/stanza.ts";
import { isLid, jidOf } from "../people.ts";
import type { WhatsAppPortal } from "../portal.ts";

/** Where a text goes: a chat of two, or a group. */
export interface Room {
  /** As refs name it. */
  readonly name: string;
  readonly jid: string;
  /** Who writes there, in the form in which the chat names people. */
  readonly us: string;
  readonly them: string;
  /** After how many seconds its messages disappear. */
  readonly timer: number | undefined;
  /** Who is in it, of a group. */
  readonly info?: GroupInfo;
}

export function ofTwo({ to }: WhatsAppPortal, own: Own, timer: number | undefined): Room {
  const jid = jidOf(to) ?? "";
  return { name: to, jid, us: ownJid(own, isLid(to)), them: jid, timer };
}

export function ofGroup(info: GroupInfo, own: Own): Room {
  const { group, timer, byLid } = info;
  const [them] = othersIn(info, own);
  return { name: group, jid: group, us: ownJid(own, byLid), them: them?.jid ?? "", timer, info };
}

function ownJid({ number, phone = number, lid }: Own, byLid: boolean): string {
  return (byLid ? lid : undefined) ?? `${phone.slice(1)}@s.whatsapp.net`;
}
