/** What `npm run bench -- --json` prints. Rates are messages a second; `in` is SMPP to Matrix. */
export interface BenchResult {
  /** P: XADD of 1 KiB, each on the disk before it is answered, a second. */
  readonly floor: { readonly durable: number };
  /** One durable write alone, in ms. */
  readonly fsyncMs: number;
  /** Ratios to P. */
  readonly queue: { readonly durable: number };
  readonly path: { readonly durable: number };
  /** Added from network to network at 200 messages a second, in ms. */
  readonly latency: { readonly p50: number; readonly p99: number };
  /** MB, idle. */
  readonly rss: { readonly daemon: number; readonly redis: number };
  /** What Redis holds of a delivered message with two legs, in octets. */
  readonly bytesPerMessage: number;
  /** Ratios to a bare forwarder in the same run. */
  readonly forwarder: { readonly in: number; readonly out: number };
  /** CPU of daemon and Redis a message at full load, in ms. */
  readonly cpuMs: { readonly in: number; readonly out: number };
}

/** What stands in the table beside it. */
export interface BenchNotes {
  /** MB of the daemon under full load. */
  readonly rssLoaded: number;
  /** From the start of the daemon until it takes messages, in ms. */
  readonly readyMs: number;
  /** Messages a second behind the ratios. */
  readonly rates: Readonly<Record<"queue" | "path" | "in" | "out" | "forwarderIn" | "forwarderOut", number>>;
  readonly seconds: number;
}
