// The account against npm `smpp` as a second SMSC that nobody here wrote, and TLS against both.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createServer, type NpmPdu, type NpmSession } from "smpp";
import { afterEach, describe, expect, it } from "vitest";
import { canRun, JSMPP_CACHE } from "../../../scripts/testing/peers.ts";
import { buildJsmpp, JsmppSmsc } from "../../support/jsmpp.ts";
import {
  CERTIFICATE,
  KEY_STORE,
  KEY_STORE_PASSWORD,
  PRIVATE_KEY,
} from "../../support/localhost-certificate.ts";
import { connected, linkTo, NUMBER, PHONE, type Running, run, stateOf } from "./fixture.ts";

describe("an SMS account with npm smpp and with TLS", () => {
  let running: Running | undefined;
  let end: (() => Promise<void>) | undefined;

  afterEach(async () => {
    await running?.stop();
    await end?.();
    running = undefined;
    end = undefined;
  });

  /** npm smpp's server; `submits` fills with what comes. */
  async function npmSmsc(options: object = {}) {
    const submits: NpmPdu[] = [];
    const sessions: NpmSession[] = [];
    const server = createServer(options, (session) => {
      sessions.push(session);
      session.on("error", () => undefined);
      session.on("pdu", (pdu: NpmPdu) => {
        if (pdu.command === "submit_sm") {
          submits.push(pdu);
          session.send(pdu.response({ message_id: `id-${submits.length}` }));
        } else if (/^(bind_|enquire_link$|unbind$)/.test(pdu.command)) session.send(pdu.response());
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    end = async () => {
      for (const session of sessions) session.destroy();
      server.close();
    };
    const address = server.address();
    const port = address !== null && typeof address === "object" ? address.port : 0;
    const deliver = (fields: object) =>
      new Promise<number>((resolve) => {
        sessions
          .at(-1)
          ?.deliver_sm(
            { source_addr: PHONE.slice(1), source_addr_ton: 1, destination_addr: NUMBER.slice(1), ...fields },
            (answer) => resolve(answer.command_status),
          );
      });
    return { port, submits, deliver };
  }

  it("sends what npm smpp reads", async () => {
    const smsc = await npmSmsc();
    running = run([linkTo(smsc.port)]);
    await connected(running);
    for (const text of ["Plain € [text] {ok} @ home", "Привет 🦊"]) {
      const outcome = await running.send(text);
      expect(outcome.kind === "done" && outcome.refs[0]?.expose()).toMatch(/^id-\d@/);
    }
    expect(smsc.submits.map((pdu) => pdu.short_message?.message)).toEqual([
      "Plain € [text] {ok} @ home",
      "Привет 🦊",
    ]);
    expect(smsc.submits[0]).toMatchObject({ source_addr: NUMBER.slice(1), destination_addr: PHONE.slice(1) });
    await running.send("long ".repeat(60));
    expect(
      smsc.submits.slice(2).map((pdu) => pdu.short_message?.udh?.[0]?.subarray(-2).toString("hex")),
    ).toEqual(["0201", "0202"]);
  });

  // Without a data_coding it would say 1, ASCII, for octets of the GSM alphabet: its own mistake.
  it("reads what npm smpp sends", async () => {
    const smsc = await npmSmsc();
    running = run([linkTo(smsc.port)]);
    await connected(running);
    expect(await smsc.deliver({ short_message: "Plain € [text] @ home", data_coding: 0 })).toBe(0);
    expect(await smsc.deliver({ short_message: "Größe", data_coding: 3 })).toBe(0);
    expect(await smsc.deliver({ short_message: "Привет 🦊", data_coding: 8 })).toBe(0);
    expect(await smsc.deliver({ short_message: "", message_payload: "in the payload" })).toBe(0);
    const sar = { sar_msg_ref_num: 9, sar_total_segments: 2 };
    expect(await smsc.deliver({ short_message: "second", ...sar, sar_segment_seqnum: 2 })).toBe(0);
    expect(await smsc.deliver({ short_message: "first ", ...sar, sar_segment_seqnum: 1 })).toBe(0);
    expect(running.host.texts()).toEqual([
      ...["Plain € [text] @ home", "Größe", "Привет 🦊", "in the payload", "first second"],
    ]);
  });

  it("binds by TLS to an npm smpp whose authority it is given", async () => {
    const smsc = await npmSmsc({ key: PRIVATE_KEY, cert: CERTIFICATE, rejectUnauthorized: false });
    running = run([linkTo(smsc.port, { tls: { ca: CERTIFICATE } })]);
    await connected(running);
    expect((await running.send("by TLS")).kind).toBe("done");
  });

  it.runIf(canRun("jsmpp"))(
    "binds by TLS to jSMPP, and not without its authority or under another name",
    async () => {
      const folder = await mkdtemp(path.join(tmpdir(), "sms-tls-"));
      const store = { file: path.join(folder, "store.p12"), password: KEY_STORE_PASSWORD };
      await writeFile(store.file, KEY_STORE, { mode: 0o600 });
      const smsc = await JsmppSmsc.start(await buildJsmpp(JSMPP_CACHE), {}, store);
      end = async () => {
        await smsc.stop();
        await rm(folder, { recursive: true });
      };
      for (const tls of [true, { ca: CERTIFICATE, servername: "other.example" }]) {
        const refused = run([linkTo(smsc.port, { tls })]);
        await refused.host.until(() => stateOf(refused)?.kind === "misconfigured");
        expect(stateOf(refused)).toMatchObject({ reason: "unauthorised" });
        await refused.stop();
      }
      running = run([linkTo(smsc.port, { tls: { ca: CERTIFICATE } })]);
      await connected(running);
      expect((await running.send("by TLS")).kind).toBe("done");
      const given = { from: PHONE.slice(1), to: NUMBER.slice(1), text: "back by TLS" };
      expect(await smsc.statuses("deliver", given)).toEqual([0]);
      expect(running.host.texts()).toEqual(["back by TLS"]);
    },
  );
});
