// Who gets what, with stanzas written by hand: shapes are those that the handlers name.

import "./quiet-console.ts";
import {
  type BinaryNode,
  Curve,
  encodeBigEndian,
  signedKeyPair,
  xmppPreKey,
  xmppSignedPreKey,
} from "baileys";
import { beforeEach, describe, expect, it } from "vitest";
import type { Caller, Core } from "./core.ts";
import { Faults } from "./faults.ts";
import { iq } from "./iq/index.ts";
import { link, unlink } from "./iq/linking.ts";
import { groupJid } from "./jids.ts";
import { message } from "./messages.ts";
import { child, children, node, octetsOf } from "./nodes.ts";
import { type Account, Device, type Line } from "./people/account.ts";
import { KeyBundle } from "./people/bundle.ts";
import { Directory } from "./people/directory.ts";
import { Groups } from "./people/groups.ts";
import { ack, receipt } from "./receipts.ts";

/** A connection that keeps what it was sent. */
class FakeLine implements Line {
  mood: Line["mood"] = "well";
  readonly sent: BinaryNode[] = [];
  ended = false;
  send(stanza: BinaryNode): void {
    this.sent.push(stanza);
  }
  end(last?: BinaryNode): void {
    if (last !== undefined) this.send(last);
    this.ended = true;
  }
  /** Those with a tag, in their order. */
  of(tag: string): BinaryNode[] {
    return this.sent.filter((stanza) => stanza.tag === tag);
  }
}

let core: Core;
let ids: number;
let ana: Account;
let leo: Account;

beforeEach(() => {
  ids = 0;
  core = {
    directory: new Directory(),
    groups: new Groups(),
    faults: new Faults(),
    timeLocks: new Map(),
    mediaHost: "127.0.0.1:1",
    mediaAuth: "auth",
    history: false,
    nextId: () => String(++ids),
  };
  ana = core.directory.add("15550000001", "Ana");
  leo = core.directory.add("15550000002", "Leo");
});

/** A new device of an account, connected. */
function companion(account: Account, oneTimeKeys = 0): Caller & { readonly line: FakeLine } {
  const identity = Curve.generateKeyPair();
  const signed = xmppSignedPreKey(signedKeyPair(identity, 1));
  const bundle = new KeyBundle(encodeBigEndian(1), identity.public, signed);
  const device = new Device(account, account.nextDevice(), bundle);
  const line = new FakeLine();
  device.line = line;
  link(core, device);
  if (oneTimeKeys > 0) bundle.upload(upload(bundle.identity, signed, oneTimeKeys));
  return { device, line };
}

function upload(identity: Uint8Array, signed: BinaryNode, count: number): BinaryNode {
  const keys = Array.from({ length: count }, (_, at) => xmppPreKey(Curve.generateKeyPair(), at + 1));
  return node("iq", { type: "set" }, [
    node("registration", {}, encodeBigEndian(1)),
    node("identity", {}, identity),
    node("list", {}, keys),
    signed,
  ]);
}

function enc(words: string, attrs: Record<string, string> = {}): BinaryNode {
  return node("enc", { v: "2", type: "msg", ...attrs }, Buffer.from(words));
}

/** A message to a person: what is encrypted for each device. */
function toPerson(to: string, forDevices: Readonly<Record<string, string>>): BinaryNode {
  const parts = Object.entries(forDevices).map(([jid, words]) => node("to", { jid }, [enc(words)]));
  return node("message", { id: "M1", to, type: "text" }, [node("participants", {}, parts)]);
}

function wordsIn(stanza: BinaryNode | undefined): string {
  return octetsOf(stanza, "enc").toString();
}

describe("a message to a person", () => {
  it("brings each device what was encrypted for it, and the sender an ack", async () => {
    const [from, one, two] = [companion(ana), companion(leo), companion(leo)];
    const to = { [one.device.jid("lid")]: "for one", [two.device.jid("lid")]: "for two" };
    await message(core, from, toPerson(leo.jid("lid"), to));
    expect(wordsIn(one.line.of("message")[0])).toBe("for one");
    expect(wordsIn(two.line.of("message")[0])).toBe("for two");
    expect(from.line.of("ack")[0]?.attrs).toMatchObject({ class: "message", id: "M1", from: leo.jid("lid") });
  });

  it("names the sender's device by LID, the number beside it, whichever form the message was addressed to", async () => {
    const [from, to] = [companion(ana), companion(leo)];
    await message(core, from, toPerson(leo.jid("pn"), { [to.device.jid("pn")]: "x" }));
    expect(to.line.of("message")[0]?.attrs).toMatchObject({
      from: from.device.jid("lid"),
      sender_pn: ana.jid("pn"),
      notify: "Ana",
      addressing_mode: "lid",
    });
  });

  it("names the sender by number where that is set, the LID beside it", async () => {
    const [from, to] = [companion(ana), companion(leo)];
    ana.settings.addressing = "pn";
    await message(core, from, toPerson(leo.jid("pn"), { [to.device.jid("pn")]: "x" }));
    expect(to.line.of("message")[0]?.attrs).toMatchObject({
      from: from.device.jid("pn"),
      sender_lid: ana.jid("lid"),
    });
  });

  it("never says the number of somebody who hides it", async () => {
    const [from, to] = [companion(ana), companion(leo)];
    ana.settings.hidesNumber = true;
    await message(core, from, toPerson(leo.jid("pn"), { [to.device.jid("pn")]: "x" }));
    expect(JSON.stringify(to.line.sent)).not.toContain(ana.number);
  });

  it("gives an own device the copy with whom it went to, and that person's number, not one's own", async () => {
    const [from, other] = [companion(ana), companion(ana)];
    await message(core, from, toPerson(leo.jid("lid"), { [other.device.jid("lid")]: "a copy" }));
    const copy = other.line.of("message")[0];
    expect(copy?.attrs).toMatchObject({ recipient: leo.jid("lid"), peer_recipient_pn: leo.jid("pn") });
    expect(copy?.attrs.sender_pn).toBeUndefined();
  });

  it("takes the answer to a retry to the device that asked, without what Baileys repeats below it", async () => {
    const [from, to, other] = [companion(ana), companion(leo), companion(leo)];
    const listed = node("participants", {}, [node("to", { jid: other.device.jid("lid") }, [enc("again")])]);
    const attrs = { id: "M1", to: to.device.jid("lid"), type: "text", device_fanout: "false" };
    await message(core, from, node("message", attrs, [listed, enc("anew", { count: "1" })]));
    expect(wordsIn(to.line.of("message")[0])).toBe("anew");
    expect(other.line.of("message")).toEqual([]);
  });
});

describe("a message to a group", () => {
  it("brings all the common part, and the sender key to those who were named, never back to its device", async () => {
    const [from, to, other] = [companion(ana), companion(leo), companion(leo)];
    const group = core.groups.create(ana, "Two", [leo]);
    const listed = node("participants", {}, [
      node("to", { jid: to.device.jid("lid") }, [enc("key", { type: "pkmsg" })]),
      node("to", { jid: from.device.jid("lid") }, [enc("key", { type: "pkmsg" })]),
    ]);
    const common = enc("common", { type: "skmsg" });
    await message(core, from, node("message", { id: "G1", to: groupJid(group.id) }, [listed, common]));
    const types = (line: FakeLine) => children(line.of("message")[0], "enc").map(({ attrs }) => attrs.type);
    expect(types(to.line)).toEqual(["pkmsg", "skmsg"]);
    expect(types(other.line)).toEqual(["skmsg"]);
    expect(from.line.of("message")).toEqual([]);
    expect(to.line.of("message")[0]?.attrs).toMatchObject({
      from: groupJid(group.id),
      participant: from.device.jid("lid"),
      participant_pn: ana.jid("pn"),
    });
  });

  it("is refused when its sender isn't in it", async () => {
    const from = companion(leo);
    const group = core.groups.create(ana, "Alone", []);
    await message(core, from, node("message", { id: "G1", to: groupJid(group.id) }, [enc("x")]));
    expect(from.line.of("ack")[0]?.attrs.error).toBe("403");
  });
});

describe("a mailbox", () => {
  it("keeps what comes while a device is away, in its order, until each is acknowledged", async () => {
    const [from, to] = [companion(ana), companion(leo)];
    to.device.line = undefined;
    for (const id of ["A", "B", "C"]) {
      const stanza = toPerson(leo.jid("lid"), { [to.device.jid("lid")]: id });
      await message(core, from, { ...stanza, attrs: { ...stanza.attrs, id } });
    }
    const waiting = () => to.device.mailbox.waiting().map(({ attrs }) => attrs.id);
    expect(waiting()).toEqual(["A", "B", "C"]);
    await receipt(core, to, node("receipt", { id: "A", to: from.device.jid("lid") }));
    expect(waiting()).toEqual(["B", "C"]);
    await ack(core, to, node("ack", { class: "message", id: "B", error: "487" }));
    expect(waiting()).toEqual(["C"]);
  });
});

describe("a receipt", () => {
  it("goes to all devices of the author, and a retry to the one that sent", async () => {
    const [one, two, reader] = [companion(ana), companion(ana), companion(leo)];
    const to = one.device.jid("lid");
    await receipt(core, reader, node("receipt", { id: "M1", to, type: "read" }));
    await receipt(core, reader, node("receipt", { id: "M1", to, type: "retry" }, [node("retry")]));
    expect(one.line.of("receipt").map(({ attrs }) => attrs.type)).toEqual(["read", "retry"]);
    expect(two.line.of("receipt").map(({ attrs }) => attrs.type)).toEqual(["read"]);
    expect(one.line.of("receipt")[0]?.attrs.from).toBe(reader.device.jid("lid"));
  });

  it("is acknowledged to whoever sent it, and waits for the author who is away", async () => {
    const [author, reader] = [companion(ana), companion(leo)];
    author.device.line = undefined;
    await receipt(core, reader, node("receipt", { id: "M1", to: author.device.jid("lid") }));
    expect(reader.line.of("ack")[0]?.attrs).toMatchObject({ class: "receipt", id: "M1" });
    expect(author.device.mailbox.waiting()).toHaveLength(1);
    await ack(core, author, node("ack", { class: "receipt", id: "M1", to: reader.device.jid("lid") }));
    expect(author.device.mailbox.waiting()).toEqual([]);
  });
});

describe("keys", () => {
  const ask = (jid: string) =>
    node("iq", { xmlns: "encrypt", type: "get", id: "1" }, [node("key", {}, [node("user", { jid })])]);
  const given = (line: FakeLine) => child(child(line.of("iq").at(-1), "list"), "user");

  it("are handed out once each, and the last with the signed one alone", async () => {
    const [asker, device] = [companion(ana), companion(leo, 2)];
    const seen: (string | undefined)[] = [];
    for (let time = 0; time < 3; time += 1) {
      await iq(core, asker, ask(device.device.jid("lid")));
      const one = child(given(asker.line), "key");
      seen.push(one && octetsOf(one, "id").toString("hex"));
    }
    expect(seen).toEqual(["000001", "000002", undefined]);
  });

  it("that run low are told to their device, once", async () => {
    const [asker, device] = [companion(ana), companion(leo, 6)];
    for (let time = 0; time < 4; time += 1) await iq(core, asker, ask(device.device.jid("lid")));
    const told = device.line.of("notification").filter(({ attrs }) => attrs.type === "encrypt");
    expect(told.map((stanza) => child(stanza, "count")?.attrs.value)).toEqual(["4"]);
  });

  it("of a device that isn't there are an error of its own", async () => {
    const asker = companion(ana);
    await iq(core, asker, ask(`${leo.lid}:9@lid`));
    expect(child(given(asker.line), "error")?.attrs.code).toBe("404");
  });

  it("that their identity didn't sign are refused", () => {
    const [identity, other] = [Curve.generateKeyPair(), Curve.generateKeyPair()];
    const signed = xmppSignedPreKey(signedKeyPair(other, 1));
    expect(() => new KeyBundle(encodeBigEndian(1), identity.public, signed)).toThrow("didn't sign");
  });
});

describe("a device that is linked or taken off", () => {
  it("is told to those who asked for the list, in both forms", async () => {
    const asker = companion(ana);
    const list = [
      node("query", {}, [node("devices")]),
      node("list", {}, [node("user", { jid: leo.jid("pn") })]),
    ];
    await iq(core, asker, node("iq", { xmlns: "usync", type: "get", id: "1" }, [node("usync", {}, list)]));
    const added = companion(leo);
    unlink(core, added.device);
    const told = asker.line.of("notification").map((stanza) => {
      const change = children(stanza)[0];
      return [change?.tag, child(change, "device")?.attrs.jid];
    });
    expect(told).toEqual([
      ["add", added.device.jid("lid")],
      ["add", added.device.jid("pn")],
      ["remove", added.device.jid("lid")],
      ["remove", added.device.jid("pn")],
    ]);
    expect(added.line.ended).toBe(true);
  });
});

describe("a query that isn't known", () => {
  it("is refused, and the test is told", () => {
    const caller = companion(ana);
    expect(() => iq(core, caller, node("iq", { xmlns: "urn:other", type: "get", id: "7" }))).toThrow(
      "urn:other",
    );
    expect(child(caller.line.of("iq")[0], "error")?.attrs.code).toBe("501");
  });
});
