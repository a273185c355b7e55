import { type Capabilities, HOUR, MINUTE, networkName } from "../../src/model/index.ts";

/** The network's name. */
export const LOOPBACK = networkName("loopback");

/** What a loopback account can do: data that the core reads, so that it never asks for a network's name. */
export function loopbackCapabilities(concurrency: number): Capabilities {
  return {
    network: LOOPBACK,
    title: "Loopback",
    features: { formatted: "full", edit: "none", reaction: "none", delete: "none", reply: "full" },
    encryption: "none",
    portals: "opened",
    // The network recognises the id of a send for an hour; the margin is for its clock, which isn't ours.
    repeatSafe: HOUR - 5 * MINUTE,
    concurrency,
    optOutWords: false,
    receipts: { delivered: true, read: true },
  };
}
