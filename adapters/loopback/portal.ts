import type { NativeChat, PortalRef } from "../../src/adapter/index.ts";
import { sensitive } from "../../src/model/index.ts";

/** A portal is a thread of the network. */
interface LoopbackPortal {
  readonly thread: string;
}

/** Writes a portal as the house stores it, sealed. */
export function portalRef(portal: LoopbackPortal): PortalRef {
  return sensitive(JSON.stringify({ thread: portal.thread }));
}

/** The lane of a thread: the same for a portal and for the events that come from it. */
export function chatOf(thread: string): NativeChat {
  return sensitive(thread);
}

/** Reads a portal back, or undefined when it is none of ours. */
export function readPortal(ref: PortalRef): LoopbackPortal | undefined {
  let value: unknown;
  try {
    value = JSON.parse(ref.expose());
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || !("thread" in value)) return undefined;
  return typeof value.thread === "string" ? { thread: value.thread } : undefined;
}
