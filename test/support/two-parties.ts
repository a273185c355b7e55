// What a bridge that is packed up needs to show that it works: a loopback homeserver with Alice, a loopback SMSC with Leo, and a
// pair of the two in the config.

import { freePort } from "../../demo/ports.ts";
import { type Homeserver, startHomeserver } from "./homeserver.ts";
import { LoopbackSmsc } from "./smsc.ts";

const ALICE = "@alice:localhost";
const LEO = "+12025550123";
const BRIDGE = "+12025550111";
const LOGIN = { systemId: "test", password: "test-pw" };
/** It has a whole bridge to start and stop. */
const PATIENCE = 20_000;

/** Looks again and again until something is there. @throws after 20 s. */
export async function until<T>(what: string, look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (const end = performance.now() + PATIENCE; performance.now() < end; ) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`in vain: ${what}`);
}

/** Alice on Matrix and Leo by SMS, with the servers between. */
export class TwoParties {
  readonly hsToken: string;
  readonly asToken: string;
  readonly #homeserver: Homeserver;
  readonly #smsc: LoopbackSmsc;
  readonly #port: number;
  #room: string | undefined;

  private constructor(parts: { homeserver: Homeserver; smsc: LoopbackSmsc; port: number; tokens: string[] }) {
    this.#homeserver = parts.homeserver;
    this.#smsc = parts.smsc;
    this.#port = parts.port;
    [this.asToken = "", this.hsToken = ""] = parts.tokens;
  }

  static async start(): Promise<TwoParties> {
    const port = await freePort();
    const tokens = ["test-as-token", "test-hs-token"];
    const [asToken = "", hsToken = ""] = tokens;
    const appservice = { url: `http://127.0.0.1:${port}`, hsToken };
    const homeserver = await startHomeserver({ asToken, appservice });
    const smsc = await LoopbackSmsc.start({ settings: LOGIN });
    return new TwoParties({ homeserver, smsc, port, tokens });
  }

  /** A config for them, but for `state`. What is given for a token takes its place: a file's name, say. */
  config(secrets: { readonly asToken?: object; readonly hsToken?: object } = {}): Record<string, unknown> {
    const { asToken, hsToken } = this;
    const link = { name: "a", host: "127.0.0.1", port: this.#smsc.port, ...LOGIN };
    return {
      accounts: {
        matrix: {
          network: "matrix",
          homeserver: { url: this.#homeserver.url, name: "localhost" },
          appservice: { port: this.#port, asToken, hsToken, ...secrets },
        },
        sms: { network: "sms", numbers: [BRIDGE], links: [link] },
      },
      pairs: [{ matrix: ALICE, sms: LEO, names: { matrix: "Alice", sms: "Leo" } }],
      limits: { smsRefuse: [] }, // numbers that nobody can have
    };
  }

  /** Leo writes, Alice reads it and answers, Leo reads that. */
  async talk(question: string, answer: string): Promise<void> {
    await this.#smsc.waitForBind(1, PATIENCE);
    await this.leoWrites(question);
    await this.aliceReads(question);
    this.#homeserver.userSends(await this.#chat(), ALICE, answer);
    await until("Leo reads it", () =>
      this.#smsc.messages.find(({ text, from, to }) => text === answer && from === BRIDGE && to === LEO),
    );
  }

  /** Resolves when the bridge has taken it. */
  async leoWrites(text: string): Promise<void> {
    await this.#smsc.text(LEO, BRIDGE, text);
  }

  /** Waits until it is in Alice's chat. */
  async aliceReads(text: string): Promise<void> {
    const room = await this.#chat();
    const isThere = () => this.#homeserver.shown(room).some(({ body }) => body === text);
    await until("Alice reads it", () => isThere() || undefined);
  }

  /** How many chats Alice is in or is invited to. */
  chats(): number {
    return this.#roomsWhere("join", "invite").length;
  }

  async stop(): Promise<void> {
    await Promise.all([this.#homeserver.stop(), this.#smsc.stop()]);
  }

  /** Alice's chat with Leo, which she is invited to and joins. */
  async #chat(): Promise<string> {
    this.#room ??= await until("Alice is invited", () => {
      const [room] = this.#roomsWhere("invite");
      if (room !== undefined) this.#homeserver.userJoins(room, ALICE);
      return room;
    });
    return this.#room;
  }

  #roomsWhere(...memberships: readonly string[]): string[] {
    const { state } = this.#homeserver;
    return [...state.rooms.values()]
      .filter((room) => memberships.includes(state.membership(room, ALICE) ?? ""))
      .map(({ id }) => id);
  }
}
