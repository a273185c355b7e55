import { SECOND, type Timestamp } from "../../../src/model/index.ts";
import type { BinaryNode } from "../baileys.ts";

/** Somebody in a group, or somebody who can't be put into it. */
export interface Member {
  readonly jid: string;
  /** The other form of them, where the group says it. */
  readonly otherJid?: string;
  /** Why they can't be put into it. */
  readonly error?: string;
}

/** A group, as the server describes it. */
export interface GroupInfo {
  /** Its JID. */
  readonly group: string;
  readonly subject: string;
  readonly created: Timestamp;
  readonly creator: string | undefined;
  readonly members: readonly Member[];
  /** Only admins change its subject, its timer and its picture. */
  readonly isLocked: boolean;
  /** Only admins put others into it. */
  readonly onlyAdminsAdd: boolean;
  /** After how many seconds its messages disappear; undefined when they don't. */
  readonly timer: number | undefined;
  /** Who is in it is named by LID. */
  readonly byLid: boolean;
}

/**
 * Reads `<group>`: baileys lib/Socket/groups.js (`extractGroupMetadata`, which leaves out who can't be put into it and why), whatsmeow
 * group.go (`parseGroupNode`, `parseParticipant`).
 * @returns undefined for one without an id
 */
export function readGroup({ attrs, content }: BinaryNode): GroupInfo | undefined {
  const { id, subject = "", creation, creator, addressing_mode: mode } = attrs;
  if (!id) return undefined;
  const parts = Array.isArray(content) ? content : [];
  const part = (tag: string): BinaryNode | undefined => parts.find((one) => one.tag === tag);
  const timer = Number(part("ephemeral")?.attrs.expiration);
  return {
    group: id.includes("@") ? id : `${id}@g.us`,
    subject,
    created: Number(creation) * SECOND,
    creator,
    members: parts.flatMap((one) => (one.tag === "participant" ? membersOf(one) : [])),
    isLocked: part("locked") !== undefined,
    onlyAdminsAdd: textOf(part("member_add_mode")) === "admin_add",
    timer: timer > 0 ? timer : undefined,
    byLid: mode === "lid",
  };
}

/** Reads `<participant>`s of an answer or a notification. */
export function readMembers({ content }: BinaryNode): readonly Member[] {
  const parts = Array.isArray(content) ? content : [];
  return parts.flatMap((one) => (one.tag === "participant" ? membersOf(one) : []));
}

function membersOf({ attrs }: BinaryNode): Member[] {
  const { jid, phone_number: phone, lid, error } = attrs;
  if (!jid) return [];
  const otherJid = phone ?? lid;
  return [{ jid, ...(otherJid ? { otherJid } : {}), ...(error ? { error } : {}) }];
}

function textOf(part: BinaryNode | undefined): string {
  const content = part?.content;
  return content === undefined || Array.isArray(content) ? "" : Buffer.from(content).toString();
}
