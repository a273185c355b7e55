import type { Account } from "../../adapter/account.ts";
import type { PairingStep } from "../../adapter/pairing.ts";
import type { Showing, Shown } from "../../adapter/showing.ts";
import type { Leg } from "../../model/conversation.ts";
import { type Sensitive, sensitive } from "../../model/sensitive.ts";
import type { Milliseconds } from "../../model/time.ts";
import type { House } from "../house.ts";

/** What is shown for a while: a step with something to be scanned or typed. */
type Code = Extract<PairingStep, { kind: "qr" | "code" }>;

/** One chat, in which one thing at a time is shown: it goes when the next one comes, and at its end. */
export class Screen {
  readonly #house: House;
  readonly #network: string;
  readonly #account: Pick<Account, "show"> | undefined;
  readonly #leg: Leg;
  #shown: Shown | undefined;
  #over = new AbortController();

  /** @param network what people call the network that is linked */
  constructor(house: House, network: string, account: Pick<Account, "show"> | undefined, leg: Leg) {
    this.#house = house;
    this.#network = network;
    this.#account = account;
    this.#leg = leg;
  }

  /** Shows it until it has expired, instead of what was shown before. Whether it could be. */
  async show(step: Code, signal: AbortSignal): Promise<boolean> {
    await this.clear();
    const { portal, to } = this.#leg;
    // Not named after anything: a network that has seen an id would take the next code for the one that it had under it.
    const id = Buffer.from(this.#house.random.bytes(12)).toString("hex");
    const showing: Showing = { id, to, ...(await this.#drawn(step)) };
    const shown = portal && (await this.#account?.show?.(portal, showing, signal));
    if (shown === undefined) return false;
    this.#shown = shown;
    this.#over = new AbortController();
    this.#house.clock.sleep(step.expiresIn, this.#over.signal).then(
      () => this.clear(),
      () => undefined, // it went before
    );
    return true;
  }

  /** Takes away what is shown. */
  async clear(): Promise<void> {
    const shown = this.#shown;
    this.#shown = undefined;
    this.#over.abort();
    await shown?.remove();
  }

  async #drawn(step: Code): Promise<Drawn> {
    const { texts } = this.#house;
    const what = { network: this.#network, seconds: secondsOf(step.expiresIn) };
    if (step.kind === "code")
      return { kind: "text", text: step.code.map((code) => texts.pairCode({ ...what, code: halves(code) })) };
    const { qrPicture } = await import("./qr-picture.ts"); // for the few that ever link something here
    const { png, side } = qrPicture(step.qr.expose());
    return { kind: "picture", png: sensitive(png), side, caption: texts.pairPicture(what) };
  }
}

type Drawn =
  | { readonly kind: "text"; readonly text: Sensitive<string> }
  | {
      readonly kind: "picture";
      readonly png: Sensitive<Uint8Array>;
      readonly side: number;
      readonly caption: string;
    };

function secondsOf(span: Milliseconds): number {
  return Math.floor(span / 1_000);
}

/** As the phone has it: `ABCD-EFGH`. */
function halves(code: string): string {
  return `${code.slice(0, 4)}-${code.slice(4)}`;
}
