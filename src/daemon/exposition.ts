import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { AccountId } from "../model/ids.ts";
import type { Counters, Distribution } from "../observe/metrics/counters.ts";
import { METRIC_NAMES, type MetricName, metricRow, type Sample } from "../observe/metrics/table.ts";

/** Where the values come from at each scrape. */
interface Source {
  /** The network of each account. */
  readonly networks: ReadonlyMap<AccountId, string>;
  readonly counters: Counters;
  gauges(): Promise<readonly Sample[]>;
}

/**
 * The metrics as Prometheus reads them. Loaded with the first scrape: until then nothing of it is in memory, and what is counted
 * on the way of a message is counted elsewhere (`Counters`).
 */
export class Exposition {
  readonly #registry = new Registry();
  readonly #metrics: ReadonlyMap<MetricName, Counter | Gauge | Told>;
  #underWay: Promise<string> | undefined;

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
    this.#metrics = new Map(METRIC_NAMES.map((name) => [name, this.#made(name)]));
  }

  get type(): string {
    return this.#registry.contentType;
  }

  /** The text of all metrics, as they are now. Who asks meanwhile gets the same. `source` undefined: the process' own alone. */
  scrape(source: Source | undefined): Promise<string> {
    this.#underWay ??= this.#scrape(source).finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  async #scrape(source: Source | undefined): Promise<string> {
    for (const metric of this.#metrics.values()) {
      metric.reset();
      // What isn't known now is absent, not 0.
      if (metric instanceof Told) metric.forget();
      else metric.remove({});
    }
    if (source !== undefined) {
      const counted = source.counters.samples([...source.networks.keys()]);
      for (const sample of [...counted, ...(await source.gauges())]) this.#set(sample, source);
      for (const distribution of source.counters.distributions()) this.#tell(distribution, source);
    }
    return this.#registry.metrics();
  }

  #made(name: MetricName): Counter | Gauge | Told {
    const { help, labels, type, buckets } = metricRow(name);
    const options = { name, help, labelNames: labels, registers: [this.#registry] };
    if (type === "histogram") return new Told({ ...options, buckets: [...(buckets ?? [])] });
    return type === "counter" ? new Counter(options) : new Gauge(options);
  }

  #set({ metric, labels, value }: Sample, { networks }: Source): void {
    const known = this.#metrics.get(metric);
    const { account } = labels;
    const all = account === undefined ? labels : { ...labels, network: networkOf(networks, account) };
    if (known instanceof Gauge) known.set(all, value);
    else if (known instanceof Counter) known.inc(all, value);
  }

  #tell({ metric, account, counts, sum }: Distribution, { networks }: Source): void {
    const known = this.#metrics.get(metric);
    if (known instanceof Told) known.tell({ account, network: networkOf(networks, account) }, counts, sum);
  }
}

function networkOf(networks: ReadonlyMap<string, string>, account: string): string {
  return networks.get(account) ?? "";
}

/** A line of a histogram, as prom-client's own has them. */
interface Line {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly sharedLabels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A histogram that is told what was counted elsewhere. */
class Told extends Histogram {
  readonly #name: string;
  readonly #help: string;
  readonly #bounds: readonly number[];
  #lines: Line[] = [];

  constructor(options: {
    readonly name: string;
    readonly help: string;
    readonly labelNames: readonly string[];
    readonly registers: Registry[];
    readonly buckets: number[];
  }) {
    super(options);
    this.#name = options.name;
    this.#help = options.help;
    this.#bounds = options.buckets;
  }

  tell(sharedLabels: Readonly<Record<string, string>>, counts: readonly number[], sum: number): void {
    const line = (end: string, value: number, labels: Line["labels"] = {}): void => {
      this.#lines.push({ metricName: `${this.#name}_${end}`, labels, sharedLabels, value });
    };
    let upTo = 0;
    for (const [i, count] of counts.entries()) {
      upTo += count;
      line("bucket", upTo, { le: this.#bounds[i] ?? "+Inf" });
    }
    line("sum", sum);
    line("count", upTo);
  }

  forget(): void {
    this.#lines = [];
  }

  /** What the registry asks each metric for, and its own `get` as well: not among its types. */
  async getForPromString(): Promise<
    { readonly values: readonly Line[] } & Readonly<Record<string, unknown>>
  > {
    return { name: this.#name, help: this.#help, type: "histogram", aggregator: "sum", values: this.#lines };
  }
}
