import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { xml } from "@xmpp/client";
import type { ConformanceFixture, Said, SendFault, TestNetwork } from "footbridge/conformance";
import { Person } from "./person.ts";
import { BRIDGE, DOMAIN, type Prosody, SECRET } from "./prosody.ts";
import { Tap } from "./tap.ts";

/** How long a message may take to its person. */
const ARRIVES_WITHIN_MS = 2_500;
/** What the bridge's own words begin with in a participant's chat. */
const OWN_WORDS = /^Footbridge: /;

/** A real server for the conformance suite: one for all of its checks. */
export function prosodyFixture(prosody: () => Prosody): ConformanceFixture {
  return {
    start: async () => {
      const network = new ProsodyNetwork(prosody());
      await network.start();
      return network;
    },
  };
}

class ProsodyNetwork implements TestNetwork {
  readonly secrets = [SECRET, "canary-of-a-wrong-secret"];
  readonly #prosody: Prosody;
  readonly #people = new Map<string, Person>();
  readonly #tap: Tap;
  #port = 0;

  constructor(prosody: Prosody) {
    this.#prosody = prosody;
    this.#tap = new Tap(prosody.components, (to, id) => this.#arrived(to, id));
  }

  async start(): Promise<void> {
    this.#port = await this.#tap.listen();
  }

  get config(): unknown {
    return { network: "xmpp", port: this.#port, domain: BRIDGE, secret: SECRET, timeoutMs: 3_000 };
  }

  get wrongConfig(): unknown {
    return { network: "xmpp", port: this.#port, domain: BRIDGE, secret: "canary-of-a-wrong-secret" };
  }

  person(): string {
    const { jid, password } = this.#prosody.register(`canary-${randomBytes(6).toString("hex")}`);
    this.#people.set(jid, new Person({ port: this.#prosody.clients, domain: DOMAIN, jid, password }));
    return jid;
  }

  says(person: string, chat: string, text: string): Said {
    return this.#of(person).says(oursIn(chat), xml("body", {}, text));
  }

  saysUnbridgeable(person: string, chat: string): Said {
    const url = "https://files.people.test/picture.jpg";
    const file = xml("x", { xmlns: "jabber:x:oob" }, xml("url", {}, url));
    return this.#of(person).says(oursIn(chat), xml("body", {}, url), file);
  }

  receipt(person: string, chat: string, ref: string): void {
    const id = ref.split(" ")[2];
    const received = xml("received", { xmlns: "urn:xmpp:receipts", id });
    void this.#of(person).send(xml("message", { to: oursIn(chat), type: "chat" }, received));
  }

  types(person: string, chat: string): void {
    const composing = xml("composing", { xmlns: "http://jabber.org/protocol/chatstates" });
    void this.#of(person).send(xml("message", { to: oursIn(chat), type: "chat" }, composing));
  }

  shown(person: string, chat: string): readonly string[] {
    const from = oursIn(chat);
    return this.#of(person)
      .seen.filter((one) => one.from === from)
      .map(({ body }) => body.replace(OWN_WORDS, ""));
  }

  requests(): number {
    return this.#tap.requests;
  }

  fail(fault: SendFault): void {
    this.#tap.fail(fault);
  }

  away(): Promise<void> {
    return this.#tap.close();
  }

  async back(): Promise<void> {
    await this.#tap.listen();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#people.values()].map((person) => person.stop()));
    await this.#tap.close();
  }

  async #arrived(to: string, id: string | undefined): Promise<void> {
    const person = this.#people.get(to);
    for (const end = Date.now() + ARRIVES_WITHIN_MS; Date.now() < end; await sleep(2)) {
      if (person === undefined) return;
      if (id === undefined ? person.isThere : person.seen.some((one) => one.id === id)) return;
    }
  }

  #of(person: string): Person {
    const found = this.#people.get(person);
    if (found === undefined)
      throw new Error("found nobody of this name, expected a person that was made before");
    return found;
  }
}

/** The JID of ours in a chat. */
function oursIn(chat: string): string {
  return `${chat.split(" ")[0]}@${BRIDGE}`;
}
