import type { Clock, Milliseconds } from "../model/time.ts";
import type { Exposition } from "./exposition.ts";
import { type Readable, readGauges } from "./readings.ts";

/** More than from one measurement of the event loop's lag to the next, which are 10 ms apart. */
const LAG_MEASURED: Milliseconds = 20;

/** Answers scrapes: before the daemon's parts are there with what is known of the process alone. */
export class Metrics {
  source: Readable | undefined;
  readonly #clock: Clock;
  #exposition: Promise<Exposition> | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async answer(): Promise<{ readonly type: string; readonly text: string }> {
    this.#exposition ??= this.#open();
    const exposition = await this.#exposition;
    return { type: exposition.type, text: await exposition.scrape(this.source && sourceOf(this.source)) };
  }

  /** With a first measurement of the event loop's lag, which takes two ticks: without one its smallest value would be 292 years. */
  async #open(): Promise<Exposition> {
    const { Exposition } = await import("./exposition.ts");
    const exposition = new Exposition();
    for (let ticks = 0; ticks < 2; ticks++) await this.#clock.sleep(LAG_MEASURED);
    return exposition;
  }
}

function sourceOf(readable: Readable): Parameters<Exposition["scrape"]>[0] {
  const { house, workplaces } = readable.reported;
  return {
    networks: new Map([...workplaces].map(([id, { account }]) => [id, account.capabilities.network])),
    counters: house.counters,
    gauges: () => readGauges(readable),
  };
}
