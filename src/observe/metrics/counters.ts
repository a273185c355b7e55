import type { AccountId } from "../../model/ids.ts";
import { LIMIT_NAMES, type LimitName } from "../../model/limits.ts";
import { REASONS, type Reason } from "../../model/reason.ts";
import { type Milliseconds, SECOND } from "../../model/time.ts";
import { type LabelName, METRICS, type MetricName, type MetricOf, type Sample } from "./table.ts";

/** Counters that have a label beside their account, with its values. */
interface Special {
  readonly footbridge_events_refused_total: "store-full" | "store-away" | "stopping";
  readonly footbridge_deliveries_failed_total: Reason;
  readonly footbridge_buried_total: "delivery" | "event";
}
const SPECIAL: {
  readonly [N in keyof Special]: { readonly label: LabelName; readonly values: readonly Special[N][] };
} = {
  footbridge_events_refused_total: { label: "why", values: ["store-full", "store-away", "stopping"] },
  footbridge_deliveries_failed_total: { label: "reason", values: REASONS },
  footbridge_buried_total: { label: "kind", values: ["delivery", "event"] },
};

/** Counters of an account alone. */
type Plain = {
  [N in MetricOf<"counter">]: (typeof METRICS)[N]["labels"] extends readonly ["account", "network"]
    ? N
    : never;
}[MetricOf<"counter">];
type Timed = MetricOf<"histogram">;

/** How often something took how long. */
export interface Distribution {
  readonly metric: Timed;
  readonly account: AccountId;
  /** By the table's buckets, each without those below it; one more at the end for what is above all. */
  readonly counts: readonly number[];
  /** In seconds. */
  readonly sum: number;
}

/** The one place where it is counted what happens: in memory, since the start, by account. Cheap enough for every step of a message. */
export class Counters {
  readonly #plain = new Map<Plain, Map<AccountId, number>>();
  readonly #special = new Map<keyof Special, Map<AccountId, Map<string, number>>>();
  readonly #limits = new Map<LimitName, number>();
  readonly #timed = new Map<Timed, Map<AccountId, Tally>>();

  add(metric: Plain, account: AccountId, by = 1): void {
    const counts = inner(this.#plain, metric);
    counts.set(account, (counts.get(account) ?? 0) + by);
  }

  addBy<N extends keyof Special>(metric: N, account: AccountId, label: Special[N], by = 1): void {
    const counts = inner(inner(this.#special, metric), account);
    counts.set(label, (counts.get(label) ?? 0) + by);
  }

  /** A limit had no room. */
  refused(limit: LimitName): void {
    this.#limits.set(limit, (this.#limits.get(limit) ?? 0) + 1);
  }

  /** Something took so long. */
  took(metric: Timed, account: AccountId, span: Milliseconds): void {
    const tallies = inner(this.#timed, metric);
    let tally = tallies.get(account);
    if (tally === undefined) {
      tally = new Tally(METRICS[metric].buckets);
      tallies.set(account, tally);
    }
    tally.add(span / SECOND);
  }

  /** What was counted of an account. */
  of(metric: Plain | keyof Special, account: AccountId): number {
    if (!isSpecial(metric)) return this.#plain.get(metric)?.get(account) ?? 0;
    const counts = this.#special.get(metric)?.get(account)?.values() ?? [];
    return [...counts].reduce((sum, each) => sum + each, 0);
  }

  /** All that was counted, also what never happened yet: else the first time would be no rise. */
  samples(accounts: readonly AccountId[]): readonly Sample[] {
    const plain = PLAIN.flatMap((metric) =>
      accounts.map((account) => sample(metric, { account }, this.#plain.get(metric)?.get(account) ?? 0)),
    );
    const special = specialNames().flatMap((metric) => {
      const { label, values } = SPECIAL[metric];
      return accounts.flatMap((account) =>
        values.map((value) =>
          sample(
            metric,
            { account, [label]: value },
            this.#special.get(metric)?.get(account)?.get(value) ?? 0,
          ),
        ),
      );
    });
    const limits = LIMIT_NAMES.map((limit) =>
      sample("footbridge_limit_refusals_total", { limit }, this.#limits.get(limit) ?? 0),
    );
    return [...plain, ...special, ...limits];
  }

  distributions(): readonly Distribution[] {
    return [...this.#timed].flatMap(([metric, byAccount]) =>
      [...byAccount].map(([account, { counts, sum }]) => ({ metric, account, counts: [...counts], sum })),
    );
  }
}

/** One histogram. */
class Tally {
  readonly counts: number[];
  sum = 0;
  readonly #bounds: readonly number[];

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  add(seconds: number): void {
    let at = 0;
    while (at < this.#bounds.length && seconds > (this.#bounds[at] ?? 0)) at += 1;
    this.counts[at] = (this.counts[at] ?? 0) + 1;
    this.sum += seconds;
  }
}

const PLAIN: readonly Plain[] = [
  "footbridge_events_accepted_total",
  "footbridge_events_duplicate_total",
  "footbridge_events_ignored_total",
  "footbridge_deliveries_done_total",
  "footbridge_deliveries_expired_total",
  "footbridge_deliveries_cancelled_total",
  "footbridge_deliveries_parked_total",
  "footbridge_deliveries_retried_total",
  "footbridge_receipts_total",
  "footbridge_receipts_unmatched_total",
  "footbridge_sms_parts_total",
  "footbridge_sms_spend_total",
];

function specialNames(): readonly (keyof Special)[] {
  return Object.keys(SPECIAL) as (keyof Special)[]; // the table's own keys
}

function isSpecial(metric: MetricName): metric is keyof Special {
  return Object.hasOwn(SPECIAL, metric);
}

function sample(metric: MetricName, labels: Sample["labels"], value: number): Sample {
  return { metric, labels, value };
}

function inner<A, B, C>(map: Map<A, Map<B, C>>, key: A): Map<B, C> {
  let found = map.get(key);
  if (found === undefined) {
    found = new Map();
    map.set(key, found);
  }
  return found;
}
