import { type Capabilities, networkName } from "footbridge/adapter";

/** The network's name. */
export const XMPP = networkName("xmpp");

/**
 * What an XMPP account can do.
 *
 * `encryption`: TLS between a person and their server, and we read what comes. An encrypted text (OMEMO) isn't readable here.
 * `repeatSafe`: no server keeps the ids of a component's messages, and few clients do.
 * `receipts`: where the person's client sends them (XEP-0184, XEP-0333).
 */
export function xmppCapabilities(concurrency: number): Capabilities {
  return {
    network: XMPP,
    title: "XMPP",
    features: { formatted: "none", edit: "none", reaction: "none", delete: "none", reply: "full" },
    encryption: "transport",
    portals: "opened",
    repeatSafe: 0,
    concurrency,
    optOutWords: false,
    receipts: { delivered: true, read: true },
  };
}
