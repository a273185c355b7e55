import type { AccountState } from "../../../src/adapter/index.ts";
import type { Link } from "./link.ts";

/** Where an account stands, from its links: it works while one of them is bound. */
export function stateOf(links: readonly Link[]): AccountState {
  const states = links.map((link) => link.state);
  const away = states.find((state) => !state.connected);
  if (away === undefined) return { kind: "connected", links: states };
  const reason = states.find((state) => state.reason !== undefined)?.reason;
  if (states.some((state) => state.connected)) {
    return { kind: "degraded", reason: reason ?? "not-connected", links: states };
  }
  if (reason === undefined) return { kind: "connecting" };
  const remedies = links.map((link) => link.remedy);
  const remedy = remedies.find((one) => one !== undefined);
  if (remedy !== undefined && remedies.every((one) => one !== undefined)) {
    return { kind: "misconfigured", reason, remedy };
  }
  return { kind: "disconnected", reason, links: states };
}
