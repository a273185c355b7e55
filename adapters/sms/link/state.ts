import type { AccountState } from "../../../src/adapter/index.ts";
import type { Link } from "./link.ts";

/** Where an account stands, from its links: it works while one of them is bound. */
export function stateOf(links: readonly Link[]): AccountState {
  const states = links.map((link) => link.state);
  const away = states.find((state) => !state.connected);
  if (away === undefined) return { kind: "connected", links: states };
  // What only the operator can mend is said first.
  const needy = links.find((link) => link.remedy !== undefined);
  const reason = (needy?.state ?? states.find((state) => state.reason !== undefined))?.reason;
  const remedy = needy?.remedy;
  if (states.some((state) => state.connected)) {
    const degraded = { kind: "degraded", reason: reason ?? "not-connected", links: states } as const;
    return remedy === undefined ? degraded : { ...degraded, remedy };
  }
  if (reason === undefined) return { kind: "connecting" };
  if (remedy !== undefined && links.every((link) => link.remedy !== undefined)) {
    return { kind: "misconfigured", reason, remedy };
  }
  return { kind: "disconnected", reason, links: states };
}
