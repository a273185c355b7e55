import { randomInt } from "node:crypto";
import { LoopbackSmsc } from "../../support/smsc.ts";
import { deliverFields, textParts } from "../../support/smsc-messages.ts";
import type { ConformanceFixture, Said, SendFault, TestNetwork } from "../fixture.ts";

const PASSWORD = "canary-password-of-the-smsc";
const WRONG = "canary-of-a-wrong-password";
const NUMBER = "+15550100111";

/** By SMPP's `command_status`, or what the SMSC does instead of answering. */
const FAULTS: Readonly<Record<SendFault, number | "close" | "drop">> = {
  throttled: 0x58,
  refused: 0x0b,
  lost: "close",
  silent: "drop",
};

/** How soon the SMSC tries again what it was told to bring later, in ms. */
const AGAIN_AFTER = 50;

/** The loopback SMSC for the conformance suite. */
export const smsFixture: ConformanceFixture = {
  start: async () =>
    new SmscNetwork(
      await LoopbackSmsc.start({ settings: { systemId: "test", password: PASSWORD, receipts: false } }),
    ),
};

class SmscNetwork implements TestNetwork {
  readonly number = NUMBER;
  readonly secrets = [PASSWORD, WRONG];
  readonly #smsc: LoopbackSmsc;
  #reference = 0;
  #isOver = false;

  constructor(smsc: LoopbackSmsc) {
    this.#smsc = smsc;
  }

  get config(): unknown {
    return this.#configWith(PASSWORD);
  }

  get wrongConfig(): unknown {
    return this.#configWith(WRONG);
  }

  person(): string {
    return `+4477009${randomInt(10_000, 99_999)}`;
  }

  says(person: string, _: string, text: string): Said {
    this.#reference += 1;
    return this.#brings(textParts(person, NUMBER, text, this.#reference));
  }

  saysUnbridgeable(person: string): Said {
    const binary = { dataCoding: 4, text: Buffer.from([0x00, 0x01, 0xff]) };
    return this.#brings([deliverFields(person, NUMBER, binary)]);
  }

  receipt(person: string, _: string, ref: string): void {
    void this.#smsc.receipt(ref.split("@")[0] ?? "", NUMBER, person, "DELIVRD");
  }

  shown(person: string): readonly string[] {
    return this.#smsc.messages.filter(({ to }) => to === person).map(({ text }) => text);
  }

  requests(): number {
    return this.#smsc.submits;
  }

  fail(fault: SendFault): void {
    Object.assign(this.#smsc.settings, { submit: FAULTS[fault], next: 1 });
  }

  away(): Promise<void> {
    return this.#smsc.away();
  }

  back(): Promise<void> {
    return this.#smsc.listen();
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#smsc.stop();
  }

  #configWith(password: string): unknown {
    const link = { name: "main", host: "127.0.0.1", port: this.#smsc.port, systemId: "test", password };
    return { network: "sms", numbers: [NUMBER], links: [{ ...link, responseTimeoutSeconds: 2 }] };
  }

  /** Brings each part until it is taken. What is left without an answer comes again by the SMSC itself. */
  #brings(parts: readonly Parameters<LoopbackSmsc["deliver"]>[0][]): Said {
    let left = parts.length;
    for (const part of parts) {
      void (async () => {
        while (!this.#isOver && (await this.#smsc.deliver(part)) !== 0) {
          await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER));
        }
        left -= 1;
      })();
    }
    return { taken: () => left === 0 };
  }
}
