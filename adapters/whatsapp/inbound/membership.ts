import type { Timestamp } from "../../../src/model/index.ts";
import type { BinaryNode } from "../baileys.ts";
import { type Member, readMembers } from "../groups/info.ts";
import { isGroupJid } from "../portal.ts";
import { timeOf } from "./stanza.ts";

/** Who joined or left a group. */
interface Membership {
  readonly id: string;
  readonly group: string;
  readonly change: "joined" | "left";
  readonly members: readonly Member[];
  readonly at: Timestamp;
  readonly timing: "live" | "caughtUp";
}

/** By tag. `remove` is it also when somebody leaves by themselves: `participant` of the notification is whoever did it. */
const CHANGES: Readonly<Record<string, Membership["change"]>> = { add: "joined", remove: "left" };

/**
 * Reads `<notification type="w:gp2">`: baileys lib/Socket/messages-recv.js (`handleGroupNotification`), whatsmeow group.go
 * (`parseGroupChange`).
 * @returns undefined where nobody came or went
 */
export function readMembership({ attrs, content }: BinaryNode, now: Timestamp): Membership | undefined {
  const { id, from, type, t, offline } = attrs;
  if (type !== "w:gp2" || !id || from === undefined || !isGroupJid(from)) return undefined;
  const what = Array.isArray(content) ? content.find(({ tag }) => CHANGES[tag] !== undefined) : undefined;
  const change = CHANGES[what?.tag ?? ""];
  if (what === undefined || change === undefined) return undefined;
  const timing = offline === undefined ? "live" : "caughtUp";
  return { id, group: from, change, members: readMembers(what), at: timeOf(t, now), timing };
}
