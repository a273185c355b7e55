// What tests of groups do with an account, and how they look at the phones of the people in them.

import type {
  Attempt,
  InboundEvent,
  NativeChat,
  Outcome,
  PortalRef,
  Profile,
} from "../../../src/adapter/index.ts";
import { type Content, type DeliveryId, type LegId, sensitive } from "../../../src/model/index.ts";
import { deliveryId, done, MemoryAttempt } from "../../support/account-host.ts";
import { BaileysClient } from "../../support/whatsapp/client.ts";
import type { WhatsAppServer } from "../../support/whatsapp/index.ts";
import { WhatsmeowPeer } from "../../support/whatsmeow.ts";
import { BRIDGE, event, linked, type Running, serverWith, textEvent } from "./fixture.ts";

export const LEO = "15550000002";
export const CARA = "15550000003";

/** The account and two people who have each written to it. */
export async function metInPrivate(program: string) {
  const server = await serverWith({ [LEO]: "Leo Fischer", [CARA]: "Cara" });
  const bridge = await linked(server);
  const leo = await WhatsmeowPeer.linked(program, server, LEO, "Leo Fischer");
  const cara = await WhatsmeowPeer.linked(program, server, CARA, "Cara");
  const [us, leoAddress, caraAddress] = [BRIDGE, LEO, CARA].map((one) => server.account(one).jid("lid"));
  if (us === undefined || leoAddress === undefined || caraAddress === undefined)
    throw new Error("each has one");
  await leo.send(us, "first");
  await cara.send(us, "hers first");
  await textEvent(bridge, "first");
  await textEvent(bridge, "hers first");
  return { server, bridge, leo, cara, us, leoAddress, caraAddress };
}

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

/** How often the server was asked for a change of groups with this tag. */
export function asked(server: WhatsAppServer, tag: string): number {
  return server.traffic.all(
    ({ direction, number, stanza: { content, ...stanza } }) =>
      direction === "in" &&
      number === BRIDGE &&
      stanza.tag === "iq" &&
      Array.isArray(content) &&
      content[0]?.tag === tag,
  ).length;
}

/** Waits for the next stanza with this tag that we send. */
export function nextOf(server: WhatsAppServer, tag: string): Promise<void> {
  return new Promise((resolve) => {
    const stop = server.traffic.watch(({ direction, number, stanza }) => {
      if (direction !== "in" || number !== BRIDGE || stanza.tag !== tag) return;
      stop();
      resolve();
    });
  });
}

/** Who was heard saying or doing something since then. */
export function heard({ host }: Running, since: number): string[] {
  return host.events
    .slice(since)
    .flatMap(({ body, from }) => (body.kind === "status" ? [] : [from.expose()]));
}

/** The first event since then that says that somebody came or went. */
export function membership(bridge: Running, kind: "joined" | "left", since = 0): Promise<InboundEvent> {
  return event(bridge, (one) => {
    const isLater = bridge.host.events.indexOf(one) >= since;
    return isLater && one.body.kind === "membership" && one.body.change === kind;
  });
}

/** Does something on another device of our own account, as its operator may. */
export async function withOtherDevice(
  server: WhatsAppServer,
  work: (other: BaileysClient) => Promise<void>,
): Promise<void> {
  const before = new Set(server.account(BRIDGE).devices.keys());
  const other = await BaileysClient.linked(server, BRIDGE);
  try {
    await work(other);
  } finally {
    await other.close();
    for (const device of server.account(BRIDGE).devices.keys())
      if (!before.has(device)) server.unlink(BRIDGE, device);
  }
}
