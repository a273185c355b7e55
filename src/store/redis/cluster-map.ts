import type { Endpoint } from "./redirection.ts";
import type { Reply } from "./resp.ts";
import { SLOTS } from "./slots.ts";

/** Which master has which slots. */
export interface ClusterMap {
  readonly masters: readonly Master[];
  /** For each slot the place of its master; -1 for one that nobody has. */
  readonly owners: Int16Array;
  /** Every slot is somebody's. */
  readonly complete: boolean;
}

interface Master extends Endpoint {
  /** Its slots when the map was made, `0-5460,8000`. */
  readonly slots: string;
}

/**
 * Reads what CLUSTER SLOTS says: `[[first, last, [host, port, id, ...], replica...], ...]`.
 * @param asked whom it was asked: a node that doesn't know its own host leaves it out
 */
export function readClusterMap(reply: Reply, asked: Endpoint): ClusterMap {
  const owners = new Int16Array(SLOTS).fill(-1);
  const places = new Map<string, { endpoint: Endpoint; ranges: string[] }>();
  let owned = 0;
  for (const entry of Array.isArray(reply) ? reply : []) {
    const [first, last, master] = Array.isArray(entry) ? entry : [];
    const [host, port] = Array.isArray(master) ? master : [];
    if (typeof first !== "number" || typeof last !== "number" || typeof port !== "number") continue;
    const endpoint = { host: hostOf(host) || asked.host, port };
    const name = nameOf(endpoint);
    const place = places.get(name) ?? { endpoint, ranges: [] };
    places.set(name, place);
    place.ranges.push(first === last ? `${first}` : `${first}-${last}`);
    owners.fill([...places.keys()].indexOf(name), first, last + 1);
    owned += last + 1 - first;
  }
  const masters = [...places.values()].map(({ endpoint, ranges }) => ({
    ...endpoint,
    slots: ranges.join(","),
  }));
  return { masters, owners, complete: owned === SLOTS };
}

/** Of two endpoints that are the same it is the same. */
export function nameOf({ host, port }: Endpoint): string {
  return `${host} ${port}`;
}

function hostOf(host: Reply | undefined): string {
  return Buffer.isBuffer(host) ? host.toString() : "";
}
