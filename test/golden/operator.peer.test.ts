// Who runs the bridge is told on Matrix how its WhatsApp account is: the daemon as it is, a real homeserver and Matrix client, and
// a WhatsApp-compatible server.

import "../support/whatsapp/quiet-console.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { canRun } from "../../scripts/testing/peers.ts";
import { MINUTE, SECOND } from "../../src/model/time.ts";
import { type MatrixUser, matrixUser } from "../support/matrix-user.ts";
import { Networks } from "./daemon/networks.ts";
import { RunningDaemon } from "./daemon/running.ts";
import { digits, OWN_NUMBER, WhatsAppSide } from "./daemon/whatsapp-side.ts";

const PATIENCE = 30_000;
const PAIR = '"footbridge whatsapp pair whatsapp"';

describe.runIf(canRun("synapse") && canRun("jsmpp") && canRun("whatsmeow"))("who runs the bridge", () => {
  let networks: Networks;
  let whatsapp: WhatsAppSide;
  let admin: MatrixUser;
  let daemon: RunningDaemon;
  beforeAll(async () => {
    [networks, whatsapp] = await Promise.all([Networks.open(), WhatsAppSide.open()]);
    admin = await matrixUser({ url: networks.synapse.url, name: "admin" });
  }, 180_000);
  afterAll(async () => {
    admin?.stop();
    await daemon?.stop();
    await networks?.close();
    await whatsapp?.close();
  });

  /** Waits until they read so many texts, in the bridge's own room. */
  async function reads(count: number): Promise<readonly string[]> {
    await admin.until(() => admin.seen.length >= count, PATIENCE);
    const rooms = new Set(admin.seen.map(({ room }) => admin.client.getRoom(room)?.name));
    expect([...rooms]).toEqual(["Footbridge"]);
    return admin.seen.map(({ body }) => body);
  }

  it("is asked in and told that the account needs pairing, that it works, is restricted, was replaced, works, was logged out", async () => {
    const { matrix } = networks.accounts([]);
    let first: readonly string[] = [];
    daemon = await RunningDaemon.start(
      { matrix, ...whatsapp.account() },
      async (running) => {
        first = await reads(1);
        await whatsapp.pair(running);
      },
      { operator: { matrix: "@admin:example.org" } },
    );
    expect(first).toEqual([`WhatsApp (whatsapp) needs pairing: link it with its phone: ${PAIR}, or write "whatsapp pair" here.`]);
    expect((await reads(2))[1]).toBe("WhatsApp (whatsapp) works again.");

    const { server } = whatsapp;
    server.timeLock(digits(OWN_NUMBER), Math.floor(daemon.clock.now() / SECOND) + 3_600);
    expect((await reads(3))[2]).toMatch(
      /^WhatsApp \(whatsapp\) is restricted: WhatsApp lets the account write to nobody new for a time/,
    );
    server.timeLock(digits(OWN_NUMBER), undefined);
    server.end(digits(OWN_NUMBER), "replaced");
    expect((await reads(4))[3]).toMatch(
      /^WhatsApp \(whatsapp\) was replaced: another program works as this linked device: end it/,
    );
    daemon.clock.skip(11 * MINUTE); // that it works was told a moment ago
    await whatsapp.pair(daemon);
    expect((await reads(5))[4]).toBe("WhatsApp (whatsapp) works again.");

    server.end(digits(OWN_NUMBER), "removed");
    expect((await reads(6))[5]).toMatch(
      /^WhatsApp \(whatsapp\) was logged out: .* look at WhatsApp on the phone, then link it again/,
    );
    await daemon.idle();
    expect(admin.seen).toHaveLength(6);
    expect(JSON.stringify(admin.seen.map(({ body }) => body))).not.toMatch(/\d{5}|@/);
    expect(daemon.logged.join("")).not.toMatch(/admin/);
  }, 180_000);
});
