import type { ControlClient } from "../src/http/control-client.ts";
import type { Milliseconds } from "../src/model/time.ts";
import { ALL_GROUPS, type Group, groupOf } from "./families.ts";
import { NotSeen } from "./watch.ts";

/** What Redis holds of one group of families. */
export interface Holding {
  readonly group: Group;
  readonly keys: number;
  readonly bytes: number;
  /** The shortest and the longest time that these keys have left; undefined where none has a TTL. */
  readonly ttl?: readonly [Milliseconds, Milliseconds];
}

export type Holdings = readonly Holding[];

/** What the daemon's own audit finds in its Redis. @throws NotSeen for a key that no family explains. */
export async function holdings(control: ControlClient): Promise<Holdings> {
  const { families, unexplained } = await control.audit();
  const unknown = families.filter(({ family }) => groupOf(family) === undefined);
  if (unexplained.length > 0 || unknown.length > 0)
    throw new NotSeen(
      `Redis holds ${unexplained.length + unknown.length} kinds of keys that no family explains`,
    );
  return ALL_GROUPS.map((group) => {
    const own = families.filter(({ family }) => groupOf(family) === group);
    const ttls = own.flatMap(({ ttl }) => (ttl === null ? [] : [ttl.leastMs, ttl.mostMs]));
    return {
      group,
      keys: own.reduce((sum, { keys }) => sum + keys, 0),
      bytes: own.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0),
      ...(ttls.length === 0 ? {} : { ttl: [Math.min(...ttls), Math.max(...ttls)] as const }),
    };
  });
}

/** How many keys there are of one kind. */
export function countOf(holdings: Holdings, kind: Group["kind"]): number {
  return holdings.filter(({ group }) => group.kind === kind).reduce((sum, { keys }) => sum + keys, 0);
}
