import { type Capabilities, networkName } from "../../src/model/index.ts";
import type { SmsConfig } from "./config.ts";

/** The network's name. */
export const SMS = networkName("sms");

/** What an SMS account can do. Its concurrency is what all windows of its sending links hold together. */
export function smsCapabilities(config: SmsConfig): Capabilities {
  const senders = config.links.filter((link) => link.bind !== "receiver");
  return {
    network: SMS,
    title: "SMS",
    features: { formatted: "degraded", edit: "none", reaction: "none", delete: "none", reply: "none" },
    encryption: "none",
    portals: "given",
    // A submit_sm has no id that an SMSC would recognise again.
    repeatSafe: 0,
    concurrency: senders.reduce((sum, link) => sum + link.window, 0),
    optOutWords: true,
    paid: true,
    receipts: { delivered: senders.some((link) => link.receipts), read: false },
  };
}
