// What a peer can send that it should not.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { MemoryHost } from "../../support/account-host.ts";
import { LoopbackSmsc } from "../../support/smsc.ts";
import type { SmscConnection } from "../../support/smsc-connection.ts";
import { deliverFields } from "../../support/smsc-messages.ts";
import { connected, linkTo, NUMBER, PHONE, type Running, run } from "./fixture.ts";

const text = (words: string) => deliverFields(PHONE, NUMBER, { text: Buffer.from(words, "latin1") });

describe("an SMS account whose SMSC sends nonsense", () => {
  let smsc: LoopbackSmsc;
  let running: Running;

  beforeEach(async () => {
    smsc = await LoopbackSmsc.start({ keepPdus: true, settings: { receipts: false } });
  });
  afterEach(async () => {
    await running.stop();
    await smsc.stop();
  });

  async function start(
    more: object = {},
    account: object = {},
    before?: MemoryHost,
  ): Promise<SmscConnection> {
    running = run([linkTo(smsc.port, more)], account, before);
    await connected(running);
    const [connection] = smsc.bound;
    if (connection === undefined) throw new Error("expected a bound connection");
    return connection;
  }

  /** The octets of a PDU with this command and body. */
  function pdu(command: number, body: string, sequence = 77): Buffer {
    const octets = Buffer.from(body, "hex");
    const head = Buffer.alloc(16);
    head.writeUInt32BE(16 + octets.length, 0);
    head.writeUInt32BE(command, 4);
    head.writeUInt32BE(sequence, 12);
    return Buffer.concat([head, octets]);
  }

  async function answerTo(connection: SmscConnection, octets: Buffer) {
    const before = connection.seen.length;
    connection.raw(octets);
    await running.host.until(() => connection.seen.length > before);
    return connection.seen.at(-1);
  }

  it("answers a deliver_sm that is cut short with RINVMSGLEN and goes on", async () => {
    const connection = await start();
    const answer = await answerTo(connection, pdu(5, "00010134343737"));
    expect(answer).toMatchObject({ command: "deliver_sm_resp", status: 0x01, sequence: 77 });
    expect(await smsc.deliver(text("fine"))).toBe(0);
  });

  it("answers an unknown command with generic_nack RINVCMDID", async () => {
    const connection = await start();
    const answer = await answerTo(connection, pdu(0x0bad, ""));
    expect(answer).toMatchObject({ command: "generic_nack", status: 0x03, sequence: 77 });
  });

  it("ends the session on a length that can't be, says so, and binds again", async () => {
    const connection = await start();
    connection.raw(Buffer.from("0000000f000000150000000000000001", "hex"));
    await running.host.until(() => connection.mode === undefined);
    expect(connection.seen.at(-1)).toMatchObject({ command: "generic_nack", status: 0x02, sequence: 0 });
    await smsc.waitForBind();
    expect(await smsc.deliver(text("fine"))).toBe(0);
  });

  it("ignores responses that nobody asked for, doubled ones and wrong ones", async () => {
    const connection = await start();
    connection.send({ command: "submit_sm_resp", status: 0, sequence: 4242, messageId: "1", tlvs: [] });
    smsc.settings.respDelay = 100;
    const sending = running.send("hello");
    await smsc.waitForMessages(1);
    const submit = connection.seen.findLast(({ command }) => command === "submit_sm");
    const sequence = submit?.sequence ?? 0;
    connection.send({ command: "enquire_link_resp", status: 0, sequence });
    const outcome = await sending;
    expect(outcome.kind === "done" && outcome.refs[0]?.expose()).toMatch(/^1001@/);
    connection.send({ command: "submit_sm_resp", status: 0x08, sequence, messageId: "", tlvs: [] });
    smsc.settings.respDelay = 0;
    expect((await running.send("again")).kind).toBe("done");
  });

  it("tolerates outbind, alert_notification and requests that are none of an ESME's", async () => {
    const connection = await start();
    connection.raw(pdu(0x0b, "61006200"));
    connection.raw(pdu(0x102, "0000330000003400"));
    const answer = await answerTo(connection, pdu(9, "610062000034000000"));
    expect(answer?.command).toBe("generic_nack");
    expect((await running.send("still here")).kind).toBe("done");
  });

  it("hands over what can't be read, without any of it in the log", async () => {
    await start();
    const header = Buffer.from([200, 1, 2, 3]);
    expect(await smsc.deliver(deliverFields(PHONE, NUMBER, { esmClass: 0x40, text: header }))).toBe(0);
    const odd = Buffer.from([0x00, 0x41, 0x00]);
    expect(await smsc.deliver(deliverFields(PHONE, NUMBER, { dataCoding: 8, text: odd }))).toBe(0);
    const binary = Buffer.from([0x00, 0x01, 0xff]);
    expect(await smsc.deliver(deliverFields(PHONE, NUMBER, { dataCoding: 4, text: binary }))).toBe(0);
    expect(await smsc.deliver(deliverFields(PHONE, NUMBER, {}))).toBe(0);
    expect(running.host.events.map(({ body }) => body)).toEqual([
      { kind: "malformed", what: "other" },
      { kind: "message", content: { kind: "text", text: "A\ufffd" } },
      { kind: "message", content: { kind: "unbridgeable", what: "other" } },
      { kind: "message", content: { kind: "text", text: "" } },
    ]);
    expect(JSON.stringify([running.host.logs, running.host.states])).not.toMatch(/447700|15550100|127\.0/);
  });
});
