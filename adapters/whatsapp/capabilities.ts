import { type Capabilities, DAY, HOUR, type Milliseconds, networkName } from "../../src/model/index.ts";

/** How long a device may ask again for what it couldn't open. */
export const KEPT: Milliseconds = 7 * DAY;

/** The network's name. */
export const WHATSAPP = networkName("whatsapp");

/**
 * What a WhatsApp account can do.
 *
 * `formatted`: no underline, no links with words of their own, nothing in the middle of a word.
 * `repeatSafe`: the apps show one message for an id; the server promises nothing, so that a day is enough.
 * `encryption`: end to end as far as the bridge, which is one of the account's devices.
 * `concurrency`: few, since the pace is slow and one stanza waits for another's keys.
 */
export const whatsAppCapabilities: Capabilities = {
  network: WHATSAPP,
  title: "WhatsApp",
  features: { formatted: "degraded", edit: "none", reaction: "none", delete: "none", reply: "full" },
  encryption: "bridge",
  portals: "given",
  groups: true,
  repeatSafe: 24 * HOUR,
  keepsSent: KEPT,
  concurrency: 8,
  optOutWords: false,
  receipts: { delivered: true, read: true },
};
