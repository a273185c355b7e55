import type { Exposition } from "./exposition.ts";
import { type Readable, readGauges } from "./readings.ts";

/** Answers scrapes: before the daemon's parts are there with what is known of the process alone. */
export class Metrics {
  source: Readable | undefined;
  #exposition: Promise<Exposition> | undefined;

  async answer(): Promise<{ readonly type: string; readonly text: string }> {
    this.#exposition ??= import("./exposition.ts").then(({ Exposition }) => new Exposition());
    const exposition = await this.#exposition;
    return { type: exposition.type, text: await exposition.scrape(this.source && sourceOf(this.source)) };
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
