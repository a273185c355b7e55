import type { Address, PortalAlias, PortalRef } from "../../src/adapter/index.ts";
import { sensitive } from "../../src/model/index.ts";
import { textAt } from "./json.ts";

/** What is needed to reach a portal's room: who speaks there, and from which device. */
export interface MatrixPortal {
  readonly room: string;
  /** The bot, where it speaks by itself. */
  readonly ghost: Address;
  readonly device: string;
  /** Where the ghost's name doesn't say it: of a room that we made for the bot. */
  readonly alias?: PortalAlias;
}

/** Writes a portal as the house stores it. */
export function portalRef(portal: MatrixPortal): PortalRef {
  return sensitive(JSON.stringify(portal));
}

/** Reads a portal back, or undefined when it isn't one of ours. */
export function portalOfRef(ref: PortalRef): MatrixPortal | undefined {
  let json: unknown;
  try {
    json = JSON.parse(ref.expose());
  } catch {
    return undefined;
  }
  const room = textAt(json, "room");
  const ghost = textAt(json, "ghost");
  const device = textAt(json, "device");
  const alias = textAt(json, "alias");
  if (room === undefined || ghost === undefined || device === undefined) return undefined;
  return { room, ghost, device, ...(alias === undefined ? {} : { alias }) };
}
