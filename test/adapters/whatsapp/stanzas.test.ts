import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import { type BinaryNode, encodeWAMessage, proto } from "../../../adapters/whatsapp/baileys.ts";
import { type Inbox, StanzaBook } from "../../../adapters/whatsapp/signal/stanzas.ts";
import { clock } from "../../support/account-host.ts";

/** A connection as baileys has it. */
class Line extends EventEmitter {
  isOpen = true;

  close(): void {
    this.isOpen = false;
  }
}

const sealed = (id: string, attrs: Readonly<Record<string, string>> = {}): BinaryNode => ({
  tag: "message",
  attrs: { id, from: "1@lid", ...attrs },
  content: [{ tag: "enc", attrs: { type: "msg" }, content: Buffer.from(id) }],
});
const cipherOf = ({ content }: BinaryNode): Uint8Array => {
  const [part] = Array.isArray(content) ? content : [];
  if (!(part?.content instanceof Uint8Array)) throw new Error("it has one");
  return part.content;
};
const text = (conversation: string): Buffer => encodeWAMessage(proto.Message.fromObject({ conversation }));
const turn = (ms = 5): Promise<void> => clock.sleep(ms);

/** An inbox that waits before the first few, so that the later ones could overtake. */
function inboxOf(taken: string[]): Inbox {
  return {
    take: async (stanza, order, message) => {
      await turn(order < 4 ? 8 : 0);
      taken.push(`${order} ${stanza.attrs.id} ${message.conversation}`);
    },
  };
}

describe("the stanzas of a connection", () => {
  it("are worked on one after the other, in the order in which they came", async () => {
    const taken: string[] = [];
    const book = new StanzaBook({ inbox: inboxOf(taken), clock });
    const line = new Line();
    // As baileys does: it begins with each at once, and waits for the store for different times.
    line.on("CB:message", async (stanza: BinaryNode) => {
      await turn(stanza.attrs.id === "a" ? 20 : 0);
      await book.take(cipherOf(stanza), text(`text of ${stanza.attrs.id}`));
      book.done(cipherOf(stanza));
    });
    book.watch(line);
    for (const id of ["a", "b", "c", "d", "e"]) line.emit("CB:message", sealed(id));
    await expect.poll(() => taken).toHaveLength(5);
    expect(taken).toEqual(["a", "b", "c", "d", "e"].map((id, at) => `${at + 1} ${id} text of ${id}`));
  });

  it("that waited for us are done before what comes live, though baileys only queues them", async () => {
    const taken: string[] = [];
    const book = new StanzaBook({ inbox: inboxOf(taken), clock });
    const line = new Line();
    const open = async (stanza: BinaryNode): Promise<void> => {
      await book.take(cipherOf(stanza), text("x"));
      book.done(cipherOf(stanza));
    };
    line.on("CB:message", async (stanza: BinaryNode) => {
      if (stanza.attrs.offline === undefined) await open(stanza);
      else void turn(15).then(() => open(stanza));
    });
    book.watch(line);
    line.emit("CB:message", sealed("a", { offline: "1" }));
    line.emit("CB:message", sealed("b", { offline: "1" }));
    line.emit("CB:message", sealed("c"));
    await expect.poll(() => taken).toHaveLength(3);
    expect(taken).toEqual(["1 a x", "2 b x", "3 c x"]);
  });

  it("that are ignored or have nothing sealed hold nobody up", async () => {
    const seen: string[] = [];
    const book = new StanzaBook({ inbox: inboxOf([]), clock, ignores: (jid) => jid === "status@broadcast" });
    const line = new Line();
    line.on("CB:message", (stanza: BinaryNode) => void seen.push(stanza.attrs.id ?? ""));
    book.watch(line);
    line.emit("CB:message", sealed("a", { offline: "1", from: "status@broadcast" }));
    line.emit("CB:message", { ...sealed("b", { offline: "1" }), content: [] });
    line.emit("CB:message", sealed("c"));
    await expect.poll(() => seen).toEqual(["a", "b", "c"]);
  });

  it("that waited for us and are never opened hold others up for ten seconds", async () => {
    const over = Promise.withResolvers<void>();
    const slept: number[] = [];
    const sleep = (ms: number): Promise<void> => {
      slept.push(ms);
      return over.promise;
    };
    const seen: string[] = [];
    const book = new StanzaBook({ inbox: inboxOf([]), clock: { sleep } });
    const line = new Line();
    line.on("CB:message", (stanza: BinaryNode) => void seen.push(stanza.attrs.id ?? ""));
    book.watch(line);
    line.emit("CB:message", sealed("a", { offline: "1" }));
    line.emit("CB:message", sealed("b"));
    await turn();
    expect([seen, slept]).toEqual([["a"], [10_000]]);
    over.resolve();
    await expect.poll(() => seen).toEqual(["a", "b"]);
  });

  it("after one that the inbox refused aren't begun, and the connection is closed before anybody goes on", async () => {
    const refusals: unknown[] = [];
    const full = new Error("full");
    const inbox: Inbox = {
      take: async () => {
        throw full;
      },
    };
    const book = new StanzaBook({ inbox, clock, onRefused: (error) => refusals.push(error) });
    const line = new Line();
    const opened: string[] = [];
    line.on("CB:message", async (stanza: BinaryNode) => {
      opened.push(stanza.attrs.id ?? "");
      await book.take(cipherOf(stanza), text("x")).catch(() => opened.push(line.isOpen ? "open" : "closed"));
    });
    book.watch(line);
    for (const id of ["a", "b", "c"]) line.emit("CB:message", sealed(id));
    await turn(30);
    expect([opened, refusals]).toEqual([["a", "closed"], [full]]);
  });

  it("show a message that went by another device of ours without its wrapper", async () => {
    const taken: string[] = [];
    const book = new StanzaBook({ inbox: inboxOf(taken), clock });
    const line = new Line();
    line.on("CB:message", (stanza: BinaryNode) => {
      const message = { deviceSentMessage: { destinationJid: "2@lid", message: { conversation: "mine" } } };
      return book.take(cipherOf(stanza), encodeWAMessage(proto.Message.fromObject(message)));
    });
    book.watch(line);
    line.emit("CB:message", sealed("a"));
    await expect.poll(() => taken).toEqual(["1 a mine"]);
  });

  const news = (id: string, type = "w:gp2"): BinaryNode => ({
    tag: "notification",
    attrs: { id, from: "120363041234567890@g.us", type },
  });

  it("have news of groups among them, which baileys hears after the inbox has them", async () => {
    const taken: string[] = [];
    const takeNotification = async ({ attrs }: BinaryNode): Promise<void> => {
      await turn(5);
      taken.push(`${attrs.id} taken`);
    };
    const book = new StanzaBook({ inbox: { ...inboxOf(taken), takeNotification }, clock });
    const line = new Line();
    line.on("CB:message", async (stanza: BinaryNode) => {
      await book.take(cipherOf(stanza), text("x"));
      book.done(cipherOf(stanza));
    });
    line.on("CB:notification", ({ attrs }: BinaryNode) => void taken.push(`${attrs.id} acknowledged`));
    book.watch(line);
    line.emit("CB:message", sealed("a"));
    line.emit("CB:notification", news("n"));
    line.emit("CB:message", sealed("b"));
    line.emit("CB:notification", news("d", "devices"));
    await expect.poll(() => taken).toHaveLength(5);
    expect(taken).toEqual(["d acknowledged", "1 a x", "n taken", "n acknowledged", "2 b x"]);
  });

  it("close the connection when news of a group can't be kept, and baileys hears nothing of them", async () => {
    const heard: string[] = [];
    const takeNotification = async (): Promise<void> => {
      throw new Error("full");
    };
    const book = new StanzaBook({ inbox: { ...inboxOf([]), takeNotification }, clock });
    const line = new Line();
    line.on("CB:notification", ({ attrs }: BinaryNode) => void heard.push(attrs.id ?? ""));
    book.watch(line);
    line.emit("CB:notification", news("n"));
    line.emit("CB:notification", news("m"));
    await turn(10);
    expect([heard, line.isOpen]).toEqual([[], false]);
  });

  it("that nobody watches aren't taken", async () => {
    const book = new StanzaBook({ inbox: inboxOf([]), clock });
    await expect(book.take(Buffer.from("x"), text("x"))).rejects.toThrow("watch the socket");
  });
});
