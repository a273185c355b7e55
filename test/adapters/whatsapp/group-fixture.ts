// What tests of groups do with an account, and how they look at the phones of the people in them.

import type { Attempt, NativeChat, Outcome, PortalRef, Profile } from "../../../src/adapter/index.ts";
import { type Content, type DeliveryId, type LegId, sensitive } from "../../../src/model/index.ts";
import { deliveryId, done, MemoryAttempt } from "../../support/account-host.ts";
import type { WhatsmeowPeer } from "../../support/whatsmeow.ts";
import type { Running } from "./fixture.ts";

/** A group that was opened. */
export interface Opened {
  readonly portal: PortalRef;
  readonly chat: NativeChat;
  /** The group's JID, from the ref. */
  readonly jid: string;
}

/** A group as a phone shows it. */
export interface Shown {
  readonly jid: string;
  readonly name: string;
  readonly members: readonly string[];
  readonly locked: boolean;
  readonly addMode: string;
}

export function open(
  { account }: Running,
  to: string,
  alias: string,
  profile: Profile | "bridge" = { name: "Amber Fox", title: "Amber Fox · bike" },
  attempt: Attempt = new MemoryAttempt(),
): Promise<Outcome> {
  const leg = "leg" as LegId; // adapters don't look at it
  const operation = { kind: "openPortal", id: deliveryId(), leg, alias, profile } as const;
  return account.perform({ ...operation, to: sensitive(to) }, attempt);
}

/** What was opened. @throws when it wasn't */
export function opened(outcome: Outcome): Opened {
  const found = done(outcome).opened;
  if (found === undefined) throw new Error("found a portal that was opened without a ref, expected one");
  const { group }: { group: string } = JSON.parse(found.portal.expose()); // as portal.ts makes it
  return { ...found, jid: group };
}

interface Options {
  readonly replyTo?: Parameters<typeof sensitive<string>>[0];
  readonly attempt?: Attempt;
  readonly id?: DeliveryId;
}

/** Sends into a group. */
export function write(
  { account }: Running,
  { portal }: Pick<Opened, "portal">,
  content: Content | string,
  { replyTo, attempt = new MemoryAttempt(), id = deliveryId() }: Options = {},
): Promise<Outcome> {
  const written: Content = typeof content === "string" ? { kind: "text", text: content } : content;
  const reply = replyTo === undefined ? {} : { replyTo: sensitive(replyTo) };
  return account.perform({ kind: "send", id, portal, content: written, at: Date.now(), ...reply }, attempt);
}

/** The groups that a phone shows. */
export async function groupsOf(phone: WhatsmeowPeer): Promise<readonly Shown[]> {
  return (await phone.run("groups")).groups as Shown[]; // as groups.go says them
}
