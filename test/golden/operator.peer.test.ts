// Who runs the bridge is told on Matrix how its WhatsApp account is: the daemon as it is, a real homeserver and Matrix client, and
// a WhatsApp-compatible server.

import "../support/whatsapp/quiet-console.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { canRun } from "../../scripts/testing/peers.ts";
import { MINUTE, SECOND } from "../../src/model/time.ts";
import { type MatrixUser, matrixUser } from "../support/matrix-user.ts";
import { connectTo } from "../support/redis.ts";
import { Networks } from "./daemon/networks.ts";
import { RunningDaemon } from "./daemon/running.ts";
import { digits, OWN_NUMBER, WhatsAppSide } from "./daemon/whatsapp-side.ts";

const PATIENCE = 30_000;
/** A handle's code. */
const CODE = /\b[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{2}\b/i;
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
    expect(first).toEqual([
      `WhatsApp (whatsapp) needs pairing: link it with its phone: ${PAIR}, or write "whatsapp pair" here.`,
    ]);
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

  /** Waits for something in any of their rooms; gives the text. */
  const finds = (pattern: RegExp) =>
    admin.until(
      () => admin.seen.find(({ body, sender }) => sender !== admin.id && pattern.test(body)),
      PATIENCE,
    );

  it("reads of a message that was refused with 463; nothing is tried until that is over, and nothing is lost by it", async () => {
    await whatsapp.pair(daemon);
    const leo = await whatsapp.phone("+12025558463", "Leo");
    const bridge = `${digits(OWN_NUMBER)}@s.whatsapp.net`;
    const desk = admin.seen[0]?.room ?? "";
    await admin.sendText(desk, "handle new bike");
    const { body } = await finds(CODE);
    await leo.send(bridge, `Is it still there? ${CODE.exec(body)?.[0]}`);
    await finds(/Is it still there\?/);
    await admin.sendText(desk, "accept");
    const room = (await admin.until(() => admin.seen.find(({ room: each }) => each !== desk), PATIENCE)).room;
    const read = () =>
      leo.events.flatMap(({ event, kind, text }) =>
        event === "message" && kind === "text" ? [String(text)] : [],
      );
    const hears = (word: string) => read().filter((text) => text.endsWith(word));
    await admin.sendText(room, "Yes.");
    await admin.until(() => hears("Yes.").length === 1, PATIENCE);

    const workedAgain = () =>
      admin.seenIn(desk).filter(({ body }) => body === "WhatsApp (whatsapp) works again.").length;
    const worked = workedAgain();
    whatsapp.server.faults.put(digits(OWN_NUMBER), { kind: "refuse-message", code: 463 });
    const before = read().length;
    const rest = ["Come by.", "At six.", "Bring cash."];
    for (const text of rest) await admin.sendText(room, text);
    const told = await finds(/^WhatsApp \(whatsapp\) is restricted: .* nothing is sent before that is over/);
    expect(told.room).toBe(desk);
    // The next try would be taken: whatever comes before the pause is over was one.
    await daemon.waits(50 * MINUTE);
    // So long a silence ends its connection, and it comes back.
    await daemon.until(async () => {
      const { accounts } = await daemon.control.status();
      return accounts.some(({ queued, state }) => state === "restricted" && queued === rest.length);
    });
    expect(read()).toHaveLength(before);

    await daemon.waits(30 * MINUTE);
    await admin.until(() => hears("Bring cash.").length === 1, PATIENCE);
    expect(
      read()
        .slice(before)
        .map((text) => rest.find((each) => text.endsWith(each))),
    ).toEqual(rest);
    await admin.until(() => workedAgain() > worked, PATIENCE); // the queue, which is told of too, may be last
    await leo.stop();
  }, 180_000);

  it("reads that Redis' memory is nearly full, and when it has room again", async () => {
    const redis = await connectTo({ kind: "socket", path: daemon.redisSocket });
    try {
      const info = String(await redis.command("INFO", "memory"));
      const used = Number(/^used_memory:(\d+)/m.exec(info)?.[1]);
      await redis.command("CONFIG", "SET", "maxmemory", Math.round(used * 1.18));
      daemon.clock.skip(MINUTE);
      await finds(
        /^Redis' memory is nearly full: \d\d % is used\. When it is full nothing more is taken in\.$/,
      );
      await redis.command("CONFIG", "SET", "maxmemory", 0);
      daemon.clock.skip(MINUTE);
      await finds(/^Redis has room again\.$/);
    } finally {
      await redis.close();
    }
  }, 60_000);
});
