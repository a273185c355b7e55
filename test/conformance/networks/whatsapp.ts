// First: it looks at the genuine root, before a test trusts its own.
import "../../../adapters/whatsapp/baileys.ts";
import { randomBytes, randomInt } from "node:crypto";
import type { Account, AdapterModule, Outcome } from "../../../src/adapter/index.ts";
import { until } from "../../support/account-host.ts";
import { BaileysClient } from "../../support/whatsapp/client.ts";
import { startWhatsAppServer, type WhatsAppServer } from "../../support/whatsapp/index.ts";
import { mendSignatures, trustRoot } from "../../support/whatsapp/trust.ts";
import type { ConformanceFixture, Said, SendFault, TestNetwork } from "../fixture.ts";

const BRIDGE = "15550000001";
const REFUSED: Readonly<Partial<Record<SendFault, number>>> = { throttled: 429, refused: 403 };

/** The networks that were started, by what their config says. */
const networks = new Map<unknown, WhatsAppNetwork>();

/** The WhatsApp-compatible server on loopback, for the conformance suite. People use Baileys of their own. */
export const whatsAppFixture: ConformanceFixture = {
  start: async () => {
    const server = await startWhatsAppServer();
    mendSignatures();
    trustRoot(server.root);
    const network = new WhatsAppNetwork(server);
    networks.set(server.url, network);
    return network;
  },
};

/**
 * The adapter with what its operator and time do: a new account is linked with its phone as soon as it has started, and what was sent
 * is on the receiver's phone when the outcome is looked at (the server's ack comes before it is opened there).
 */
export function operated<C extends { readonly server?: string | undefined }>(
  module: AdapterModule<C>,
): AdapterModule<C> {
  return {
    ...module,
    open: (config, host) => {
      const account = module.open(config, host);
      const network = networks.get(config.server);
      return network === undefined ? account : operatedAccount(account, network);
    },
  };
}

function operatedAccount(account: Account, network: WhatsAppNetwork): Account {
  const own: Partial<Account> = {
    start: (signal) => {
      const running = account.start(signal);
      void network.link(account, signal);
      return running;
    },
    perform: async (operation, attempt) => {
      await network.peopleThere();
      const outcome = await account.perform(operation, attempt);
      await network.shownTo(outcome);
      return outcome;
    },
  };
  return new Proxy(account, {
    get: (target, name) => {
      const value: unknown = Reflect.get(Object.hasOwn(own, name) ? own : target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

class WhatsAppNetwork implements TestNetwork {
  readonly number = `+${BRIDGE}`;
  readonly secrets = [];
  readonly #server: WhatsAppServer;
  readonly #people = new Map<string, Person>();
  readonly #taken = new Set<string>();
  #requests = 0;

  constructor(server: WhatsAppServer) {
    this.#server = server;
    server.addAccount(BRIDGE, "The bridge");
    server.traffic.watch(({ direction, number, stanza }) => {
      if (direction !== "in" || number !== BRIDGE) return;
      const isOfGroups = stanza.tag === "iq" && stanza.attrs.xmlns === "w:g2" && stanza.attrs.type === "set";
      if (stanza.tag === "message" || isOfGroups) this.#requests += 1;
      if (stanza.tag === "receipt" && stanza.attrs.type !== "retry") this.#taken.add(stanza.attrs.id ?? "");
    });
  }

  get config(): unknown {
    const pacing = { perChatPerMinute: 60, perAccountPerMinute: 600 };
    return { network: "whatsapp", number: this.number, pacing, server: this.#server.url };
  }

  /** There are no credentials in it. */
  get wrongConfig(): unknown {
    return this.config;
  }

  /** Its owner scans the code, of a new account. */
  async link(account: Account, signal: AbortSignal): Promise<void> {
    if (this.#server.account(BRIDGE).companions.length > 0) return;
    for await (const step of account.pair?.({ kind: "qr" }, signal) ?? []) {
      if (step.kind === "qr") this.#server.scan(BRIDGE, step.qr.expose());
    }
  }

  /** Waits until everyone's client is linked: before, only phones would get what is sent. */
  async peopleThere(): Promise<void> {
    await Promise.all([...this.#people.values()].map((person) => person.there));
  }

  /** Waits until whoever got it sees it. */
  async shownTo(outcome: Outcome): Promise<void> {
    const [ref] = outcome.kind === "done" ? outcome.refs : [];
    if (ref === undefined) return;
    const [to, , id]: string[] = JSON.parse(ref.expose()); // as refs.ts makes it
    await until(() => this.#people.get(to ?? "")?.has(id ?? ""));
  }

  person(): string {
    const number = `1555${randomInt(1_000_000, 9_999_999)}`;
    const lid = this.#server.addAccount(number, "canary name of somebody").jid("lid");
    this.#people.set(lid, new Person(this.#server, number));
    return lid;
  }

  says(person: string, _: string, text: string): Said {
    return this.#sends(person, (client, to, messageId) => client.send(to, { text }, { messageId }));
  }

  saysUnbridgeable(person: string): Said {
    const location = { degreesLatitude: 1, degreesLongitude: 2 };
    return this.#sends(person, (client, to, messageId) => client.send(to, { location }, { messageId }));
  }

  receipt(person: string, _: string, ref: string): void {
    const [, , id]: string[] = JSON.parse(ref); // as refs.ts makes it
    this.#person(person).does(async (client) => {
      await client.socket.readMessages([{ remoteJid: this.#us, id: id ?? "", fromMe: false }]);
    });
  }

  types(person: string): void {
    this.#person(person).does(async (client) => {
      await client.socket.sendPresenceUpdate("composing", this.#us);
    });
  }

  shown(person: string): readonly string[] {
    return this.#person(person).texts();
  }

  requests(): number {
    return this.#requests;
  }

  fail(fault: SendFault): void {
    const { faults, traffic } = this.#server;
    const code = REFUSED[fault];
    if (code !== undefined) faults.put(BRIDGE, { kind: "refuse-message", code });
    else if (fault === "silent") faults.put(BRIDGE, { kind: "lose-message" });
    else {
      faults.put(BRIDGE, { kind: "drop-ack" });
      const stop = traffic.watch(({ direction, number, stanza }) => {
        if (direction !== "in" || number !== BRIDGE || stanza.tag !== "message") return;
        stop();
        this.#server.end(BRIDGE, "unavailable");
      });
    }
  }

  /** For us alone: other people go on. */
  async away(): Promise<void> {
    this.#server.faults.put(BRIDGE, { kind: "refuse-login", reason: 503 }, Number.POSITIVE_INFINITY);
    this.#server.end(BRIDGE, "unavailable");
  }

  async back(): Promise<void> {
    this.#server.faults.heal(BRIDGE);
  }

  async stop(): Promise<void> {
    networks.delete(this.#server.url);
    await Promise.all([...this.#people.values()].map((person) => person.stop()));
    await this.#server.stop();
  }

  get #us(): string {
    return this.#server.account(BRIDGE).jid("lid");
  }

  #person(address: string): Person {
    const person = this.#people.get(address);
    if (person === undefined) throw new Error("nobody has this address");
    return person;
  }

  #sends(address: string, send: (client: BaileysClient, to: string, id: string) => Promise<unknown>): Said {
    const id = `3EB0${randomBytes(9).toString("hex").toUpperCase()}`;
    this.#person(address).does((client) => send(client, this.#us, id));
    return { taken: () => this.#taken.has(id) };
  }
}

/** Somebody with a client of their own, who does one thing after the other. */
class Person {
  /** Resolves when the client is linked. */
  readonly there: Promise<BaileysClient>;
  #doing: Promise<BaileysClient>;
  #ready: BaileysClient | undefined;

  constructor(server: WhatsAppServer, number: string) {
    this.there = BaileysClient.linked(server, number);
    this.#doing = this.there.then((client) => {
      this.#ready = client;
      return client;
    });
  }

  does(work: (client: BaileysClient) => Promise<unknown>): void {
    this.#doing = this.#doing.then(async (client) => {
      await work(client);
      return client;
    });
    this.#doing.catch(() => undefined); // it is over
  }

  has(id: string): boolean {
    return this.#messages().has(id);
  }

  texts(): readonly string[] {
    return [...this.#messages().values()];
  }

  async stop(): Promise<void> {
    await (await this.there).close();
  }

  /** One for an id, as the apps show it. */
  #messages(): ReadonlyMap<string, string> {
    const texts = (this.#ready?.told ?? []).flatMap((told) => {
      if (told.event !== "message" || told.message.key.fromMe) return [];
      const text = told.message.message?.extendedTextMessage?.text;
      return text ? [[told.message.key.id ?? "", text] as const] : [];
    });
    return new Map(texts);
  }
}
