import type { Address, PortalRef } from "../../src/adapter/index.ts";
import { sensitive } from "../../src/model/index.ts";
import { textAt } from "./json.ts";

/** What is needed to reach a portal's room: who speaks there, and from which device. */
export interface MatrixPortal {
  readonly room: string;
  readonly ghost: Address;
  readonly device: string;
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
  return room === undefined || ghost === undefined || device === undefined
    ? undefined
    : { room, ghost, device };
}
