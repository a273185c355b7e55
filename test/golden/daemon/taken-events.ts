import { setTimeout as wait } from "node:timers/promises";

const PATIENCE = 20_000;

/** Which events of the homeserver the daemon has surely taken in: those that it was told before it asked for more. */
export class TakenEvents {
  #told: string[] = [];
  readonly #taken = new Set<string>();

  /** For the proxy before the homeserver. */
  onPoll(step: { readonly kind: "asked" } | { readonly kind: "told"; readonly text: string }): void {
    if (step.kind === "asked") {
      for (const id of this.#told.splice(0)) this.#taken.add(id);
      return;
    }
    for (const [, id = ""] of step.text.matchAll(/"event_id":"([^"]+)"/g)) this.#told.push(id);
  }

  /** Waits until an event was taken in. @throws Error when it takes too long */
  async wait(id: string): Promise<void> {
    for (const end = Date.now() + PATIENCE; !this.#taken.has(id); ) {
      if (Date.now() > end) throw new Error("the daemon never asked for what comes behind an event");
      await wait(3);
    }
  }
}
