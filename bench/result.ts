/** A half and a hundredth of the texts took longer, in ms. */
interface Span {
  readonly p50: number;
  readonly p99: number;
}

/** MB of the daemon, and of its Redis. */
interface Megabytes {
  readonly daemon: number;
  readonly redis: number;
}

/** A daemon with an account on Matrix, SMS and WhatsApp each; `in` is from SMS to WhatsApp. */
export interface WhatsAppFigures {
  /** WhatsApp's pace, which a config can't turn off, is taken out for this. */
  readonly pacing: "off";
  /** Of single texts, from the SMSC to the other phone's screen and back. */
  readonly latencyMs: { readonly in: Span; readonly out: Span };
  /** How many went through it, half each way, and how many a second. */
  readonly texts: number;
  readonly perSecond: number;
  /** When the account was just linked; the most while the texts went through; a minute after them. */
  readonly rss: { readonly idle: Megabytes; readonly most: Megabytes; readonly after: Megabytes };
}

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
  /** There where this machine can have WhatsApp's phones, with the numbers to reach. */
  readonly whatsapp?: WhatsAppFigures & { readonly targets: Readonly<Record<string, number>> };
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
  /** Why there is nothing about WhatsApp. */
  readonly withoutWhatsApp?: string;
}
