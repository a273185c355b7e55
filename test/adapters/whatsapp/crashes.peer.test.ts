// A process that is killed, or a connection that breaks, at the worst moments. Leo is whatsmeow: what he shows is what counts.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openAuth } from "../../../adapters/whatsapp/auth/auth.ts";
import { canRun, WHATSMEOW_CACHE } from "../../../scripts/testing/peers.ts";
import { clock } from "../../support/account-host.ts";
import { MemoryStorage } from "../../support/memory-storage.ts";
import { BaileysClient } from "../../support/whatsapp/client.ts";
import { startWhatsAppServer, type WhatsAppServer } from "../../support/whatsapp/index.ts";
import { trustRoot } from "../../support/whatsapp/trust.ts";
import { buildWhatsmeow, WhatsmeowPeer } from "../../support/whatsmeow.ts";
import { DurableClient, type MemoryInbox, tear } from "./durable-client.ts";

const ANA = "15550000001";
const LEO = "15550000002";
const CARA = "15550000003";
const forever = (): Promise<never> => new Promise(() => undefined);

/** A storage that takes 3 ms, and in which nothing is stored any more once its process is dead. */
class MortalStorage extends MemoryStorage {
  #isDead = false;
  /** Runs after each write that was done. */
  stored: () => void = () => undefined;

  constructor(before: MemoryStorage = new MemoryStorage()) {
    super(before.records, before.mark, async () => {
      await clock.sleep(3);
      if (this.#isDead) await forever();
    });
  }

  die(): void {
    this.#isDead = true;
  }

  override async setAll(...args: Parameters<MemoryStorage["setAll"]>): Promise<void> {
    await super.setAll(...args);
    this.stored();
    if (this.#isDead) await forever();
  }
}

describe.runIf(canRun("whatsmeow"))("nothing is lost and nothing shown twice", () => {
  let server: WhatsAppServer;
  let leo: WhatsmeowPeer;
  let storage: MortalStorage;
  let inbox: MemoryInbox;
  let ana: DurableClient;
  let last = 0;

  beforeAll(async () => {
    const program = await buildWhatsmeow(WHATSMEOW_CACHE);
    server = await startWhatsAppServer();
    for (const number of [ANA, LEO]) server.addAccount(number, number);
    trustRoot(server.root);
    leo = await WhatsmeowPeer.linked(program, server, LEO, "Leo");
  });
  afterAll(async () => {
    await leo.stop();
    await server.stop();
  });
  beforeEach(async () => {
    storage = new MortalStorage();
    ana = await DurableClient.paired(server, ANA, storage);
    inbox = ana.inbox;
    await talk();
  });
  afterEach(async () => {
    await ana.close();
    for (const device of server.account(ANA).devices.keys()) if (device !== 0) server.unlink(ANA, device);
  });

  const leoJid = (): string => server.account(LEO).jid("lid");
  const anaJid = (): string => server.account(ANA).jid("lid");
  const fresh = (): string => `text ${++last}`;

  /** A text each way, so that there is a session. */
  async function talk(): Promise<void> {
    const [mine, theirs] = [fresh(), fresh()];
    await ana.send(leoJid(), { text: mine });
    await leo.text(mine);
    await leo.send(anaJid(), theirs);
    await expect.poll(() => inbox.texts).toContain(theirs);
  }

  function kill(): void {
    storage.die();
    ana.die();
  }

  /** A later process goes on with what was stored. */
  async function restart(): Promise<void> {
    storage = new MortalStorage(storage);
    inbox.gate = async () => undefined;
    inbox.kept = async () => undefined;
    ana = await DurableClient.on(server, storage, inbox);
    ana.connect();
    await ana.open();
  }

  const times = (text: string): number => inbox.texts.filter((one) => one === text).length;
  const fromAna = (tag: string, id: string) =>
    server.traffic.all(
      ({ number, direction, stanza }) =>
        number === ANA && direction === "in" && stanza.tag === tag && stanza.attrs.id === id,
    );
  const acknowledged = (id: string) => [...fromAna("receipt", id), ...fromAna("ack", id)];

  it("when it is killed as soon as a message was written to the network", async () => {
    for (let round = 0; round < 5; round += 1) {
      const [killed, next] = [fresh(), fresh()];
      const written = Promise.withResolvers<void>();
      const stop = server.traffic.watch(({ number, direction, stanza }) => {
        if (number !== ANA || direction !== "in" || stanza.tag !== "message") return;
        kill();
        written.resolve();
      });
      void ana.send(leoJid(), { text: killed }).catch(() => undefined);
      await written.promise;
      stop();
      await restart();
      await ana.send(leoJid(), { text: next });
      await leo.text(next);
      await leo.text(killed);
    }
    expect(leo.events.filter(({ event }) => event === "undecryptable")).toEqual([]);
  });

  it("which isn't so without our repository: the test can fail", async () => {
    server.addAccount(CARA, CARA);
    const first = new MortalStorage();
    const auth = await openAuth(first);
    const client = new BaileysClient(server, { auth: auth.state });
    client.connect();
    server.scan(CARA, (await client.waitFor("qr")).qr);
    await client.open();
    const [before, killed, next] = [fresh(), fresh(), fresh()];
    await client.send(leoJid(), { text: before });
    await leo.text(before);
    const text = fresh();
    await leo.send(server.account(CARA).jid("lid"), text);
    await client.text(text);
    await auth.saveCreds();
    const stop = server.traffic.watch(({ number, stanza }) => {
      if (number === CARA && stanza.tag === "message") first.die();
    });
    void client.send(leoJid(), { text: killed }).catch(() => undefined);
    await leo.text(killed);
    stop();
    tear(client);

    const { state } = await openAuth(new MortalStorage(first));
    const later = new BaileysClient(server, { auth: state });
    later.connect();
    await later.open();
    await later.send(leoJid(), { text: next });
    await leo.waitFor("log");
    expect(leo.texts()).not.toContain(next);
    await later.close();
  });

  it("when it is killed with a message that is opened and not kept", async () => {
    inbox.gate = async () => {
      kill();
      await forever();
    };
    const text = fresh();
    const id = await leo.send(anaJid(), text);
    await server.traffic.waitFor(
      ({ number, direction, stanza }) => number === ANA && direction === "out" && stanza.attrs.id === id,
    );
    await expect.poll(() => ana.socket.ws.isOpen).toBe(false);
    expect([times(text), acknowledged(id)]).toEqual([0, []]);
    await restart();
    await expect.poll(() => times(text)).toBe(1);
    await talk();
  });

  it("when it is killed with a message that is kept, before its session moved on", async () => {
    inbox.kept = async () => {
      kill();
      await forever();
    };
    const text = fresh();
    const id = await leo.send(anaJid(), text);
    await expect.poll(() => times(text)).toBe(1);
    expect(acknowledged(id)).toEqual([]);
    await restart();
    await expect.poll(() => inbox.repeats).toBe(1);
    await expect.poll(() => acknowledged(id).length).toBe(1);
    expect(times(text)).toBe(1);
    await talk();
  });

  it("when it is killed after the session moved on, before the receipt: it isn't asked for again", async () => {
    const text = fresh();
    inbox.kept = async () => {
      storage.stored = kill;
    };
    const id = await leo.send(anaJid(), text);
    await expect.poll(() => ana.socket.ws.isOpen).toBe(false);
    expect([times(text), acknowledged(id)]).toEqual([1, []]);
    await restart();
    await expect.poll(() => acknowledged(id).length).toBe(1);
    expect(acknowledged(id).map(({ stanza }) => stanza.attrs.type)).not.toContain("retry");
    expect([times(text), inbox.repeats]).toEqual([1, 0]);
    await talk();
  });

  it("when the connection breaks in between, and the process lives", async () => {
    const text = fresh();
    inbox.kept = async () => {
      inbox.kept = async () => undefined;
      tear(ana);
    };
    const since = ana.told.length;
    await leo.send(anaJid(), text);
    await ana.waitFor("closed", () => true, since);
    ana.connect();
    await ana.open(since);
    await talk();
    expect(times(text)).toBe(1);
  });

  it("when the inbox takes nothing: nothing is acknowledged, and it comes again with the next connection", async () => {
    const refusal = new Error("full");
    inbox.gate = async () => {
      throw refusal;
    };
    const since = ana.told.length;
    const text = fresh();
    const id = await leo.send(anaJid(), text);
    await ana.waitFor("closed", () => true, since);
    expect(ana.refusals).toEqual([refusal]);
    expect([times(text), acknowledged(id)]).toEqual([0, []]);
    inbox.gate = async () => undefined;
    const again = ana.told.length;
    ana.connect();
    await ana.open(again);
    await expect.poll(() => times(text)).toBe(1);
    await expect.poll(() => acknowledged(id).length).toBe(1);
    await talk();
  });

  it("when the store can't be read: nothing is acknowledged, and it comes again", async () => {
    const failing = new MemoryStorage(storage.records, storage.mark);
    await ana.close();
    ana = await DurableClient.on(server, failing, inbox);
    ana.connect();
    await ana.open();
    failing.getAll = async () => {
      throw new Error("away");
    };
    const since = ana.told.length;
    const text = fresh();
    const id = await leo.send(anaJid(), text);
    await ana.waitFor("closed", () => true, since);
    expect([times(text), acknowledged(id)]).toEqual([0, []]);
    await restart();
    await expect.poll(() => times(text)).toBe(1);
    await talk();
  });

  it("when the store fails: nothing is acknowledged, and it comes again", async () => {
    const failing = new MemoryStorage(storage.records, storage.mark, async () => {
      throw new Error("away");
    });
    await ana.close();
    ana = await DurableClient.on(server, failing, inbox);
    ana.connect();
    await ana.open();
    const since = ana.told.length;
    const text = fresh();
    const id = await leo.send(anaJid(), text);
    await ana.waitFor("closed", () => true, since);
    expect(acknowledged(id)).toEqual([]);
    await restart();
    await expect.poll(() => acknowledged(id).length).toBe(1);
    expect(times(text)).toBe(1);
    await talk();
  });

  it("when a message comes twice: it isn't asked for again", async () => {
    server.faults.put(ANA, { kind: "duplicate" });
    const text = fresh();
    const id = await leo.send(anaJid(), text);
    await expect.poll(() => acknowledged(id).length).toBe(2);
    expect(acknowledged(id).map(({ stanza }) => stanza.attrs.type)).not.toContain("retry");
    expect([times(text), inbox.repeats]).toEqual([1, 0]);
  });

  it("when a message can't be opened: it is asked for again", async () => {
    server.faults.put(ANA, { kind: "garble" });
    const text = fresh();
    await leo.send(anaJid(), text);
    await expect.poll(() => times(text)).toBe(1);
    await talk();
  });

  it("when it is killed with a first message, which uses a prekey up", async () => {
    await leo.run("lose", { what: "sessions" });
    inbox.gate = async () => {
      kill();
      await forever();
    };
    const text = fresh();
    await leo.send(anaJid(), text);
    await expect.poll(() => ana.socket.ws.isOpen).toBe(false);
    await restart();
    await expect.poll(() => times(text)).toBe(1);
    await talk();
  });

  it("when the other side lost its sessions: it asks again, and shows it", async () => {
    await leo.run("lose", { what: "sessions" });
    const text = fresh();
    await ana.send(leoJid(), { text });
    await leo.text(text);
    await talk();
  });
});
