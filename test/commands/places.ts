import type { Place } from "../../src/commands/place.ts";
import { networkName } from "../../src/model/ids.ts";

const matrix = {
  network: networkName("matrix"),
  title: "Matrix",
  encryption: "transport",
  portals: "opened",
} as const;
const sms = { network: networkName("sms"), title: "SMS", encryption: "none", portals: "given" } as const;
const whatsapp = {
  network: networkName("whatsapp"),
  title: "WhatsApp",
  encryption: "bridge",
  portals: "given",
  groups: true,
} as const;
const networks = [matrix, sms, whatsapp];

/** The room with the bot. */
export const CONTROL_ROOM: Place = { kind: "desk", reader: "user", network: matrix, networks };
/** A Matrix room of one conversation. */
export const ROOM: Place = {
  ...{ kind: "conversation", reader: "user", network: matrix, networks },
  desk: "@footbridge:example.org",
};
/** The front-door number while no conversation is open there. */
export const FRONT_DOOR: Place = { kind: "desk", reader: "phone", network: sms, networks };
/** The same with conversations. */
export const SHARED_CHAT: Place = { kind: "shared", reader: "phone", network: sms, networks };
/** A pool number. */
export const POOL_NUMBER: Place = {
  ...{ kind: "conversation", reader: "phone", network: sms, networks },
  desk: "+1 415 555 0100",
};

/** The account's own chat on WhatsApp, while no conversation is open there. */
export const OWN_CHAT: Place = { kind: "desk", reader: "number", network: whatsapp, networks };
/** The same with conversations. */
export const BUSY_CHAT: Place = { kind: "shared", reader: "number", network: whatsapp, networks };
/** A group of one conversation. */
export const GROUP: Place = {
  ...{ kind: "conversation", reader: "number", network: whatsapp, networks },
  desk: "+1 415 555 0199",
};

export const PLACES: readonly Place[] = [
  ...[CONTROL_ROOM, ROOM, FRONT_DOOR, SHARED_CHAT, POOL_NUMBER],
  ...[OWN_CHAT, BUSY_CHAT, GROUP],
];
