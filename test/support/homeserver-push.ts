import { Agent, request } from "node:http";
import type { HomeserverEvent } from "./homeserver-state.ts";

/** Where transactions go. */
interface PushOptions {
  readonly url: string;
  readonly hsToken: string;
}

/** What a transaction carries. */
type Item =
  | { readonly kind: "event"; readonly event: HomeserverEvent & { readonly room_id: string } }
  | { readonly kind: "ephemeral"; readonly event: object };

/** How many events one transaction has at most, as in Synapse. */
const MOST = 100;

/**
 * Brings an appservice its transactions as Synapse does: one in flight, numbered from 1, up to 100 events each. What was under
 * way when the appservice was away comes again; typing and receipts are dropped while it is.
 */
export class TransactionPusher {
  readonly #options: PushOptions;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #queue: Item[] = [];
  #number = 0;
  #isRunning = false;
  #isStopped = false;

  constructor(options: PushOptions) {
    this.#options = options;
  }

  push(item: Item): void {
    if (this.#isStopped) return;
    this.#queue.push(item);
    if (!this.#isRunning) void this.#run();
  }

  /** Calls the appservice's ping; the status, or undefined when it can't be reached. */
  async ping(body: object): Promise<number | undefined> {
    return await this.#call("POST", "/_matrix/app/v1/ping", body);
  }

  stop(): void {
    this.#isStopped = true;
    this.#agent.destroy();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    let wait = 50;
    while (this.#queue.length > 0 && !this.#isStopped) {
      const batch = this.#queue.splice(0, MOST);
      const events = batch.flatMap((item) => (item.kind === "event" ? [item.event] : []));
      const ephemeral = batch.flatMap((item) => (item.kind === "ephemeral" ? [item.event] : []));
      this.#number += 1;
      const path = `/_matrix/app/v1/transactions/${this.#number}`;
      const body = {
        events,
        ...(ephemeral.length > 0 ? { ephemeral, "de.sorunome.msc2409.ephemeral": ephemeral } : {}),
      };
      while (!this.#isStopped && (await this.#call("PUT", path, body)) !== 200) {
        await new Promise((resolve) => setTimeout(resolve, wait).unref());
        wait = Math.min(wait * 2, 2_000);
        this.#dropEphemeral();
      }
      wait = 50;
    }
    this.#isRunning = false;
  }

  #dropEphemeral(): void {
    const events = this.#queue.filter(({ kind }) => kind === "event");
    this.#queue.splice(0, this.#queue.length, ...events);
  }

  #call(method: string, path: string, body: object): Promise<number | undefined> {
    const text = JSON.stringify(body);
    return new Promise((resolve) => {
      const call = request(
        this.#options.url + path,
        {
          method,
          agent: this.#agent,
          headers: {
            authorization: `Bearer ${this.#options.hsToken}`,
            "content-type": "application/json",
            "content-length": Buffer.byteLength(text),
          },
        },
        (response) => {
          response.resume();
          response.once("end", () => resolve(response.statusCode));
        },
      );
      call.once("error", () => resolve(undefined));
      call.end(text);
    });
  }
}
