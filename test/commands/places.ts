import type { Place } from "../../src/commands/place.ts";
import { networkName } from "../../src/model/ids.ts";

const matrix = { network: networkName("matrix"), title: "Matrix", encryption: "transport" } as const;
const sms = { network: networkName("sms"), title: "SMS", encryption: "none" } as const;
const whatsapp = { network: networkName("whatsapp"), title: "WhatsApp", encryption: "bridge" } as const;
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

export const PLACES: readonly Place[] = [CONTROL_ROOM, ROOM, FRONT_DOOR, SHARED_CHAT, POOL_NUMBER];
