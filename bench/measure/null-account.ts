import type { Account, Attempt, Operation, Outcome } from "../../src/adapter/index.ts";
import type { Capabilities } from "../../src/model/capabilities.ts";
import { networkName } from "../../src/model/ids.ts";
import { Sensitive } from "../../src/model/sensitive.ts";

/** A network that takes everything at once: what is left is the house's own work. */
export class NullAccount implements Account {
  readonly capabilities: Capabilities = {
    network: networkName("null"),
    title: "Null",
    features: { formatted: "full", edit: "none", reaction: "none", delete: "none", reply: "full" },
    encryption: "none",
    portals: "given",
    repeatSafe: 0,
    concurrency: 1_000,
    optOutWords: false,
    receipts: { delivered: false, read: false },
  };
  /** Called when an operation is done. */
  onDone: () => void = () => undefined;
  #count = 0;

  async start(): Promise<void> {}

  async stopIntake(): Promise<void> {}

  async perform(_: Operation, attempt: Attempt): Promise<Outcome> {
    await attempt.mark();
    this.#count += 1;
    this.onDone();
    return { kind: "done", refs: [new Sensitive(`$null-${this.#count}`)] };
  }

  async stop(): Promise<void> {}
}
