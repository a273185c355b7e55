// kill -9 in the middle of a two-way burst: a real process, its keys in a real Redis, and whatsmeow on the other side.

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { canRun, WHATSMEOW_CACHE } from "../../../scripts/testing/peers.ts";
import { connectTo, startTestRedis } from "../../support/redis.ts";
import { startWhatsAppServer } from "../../support/whatsapp/index.ts";
import { buildWhatsmeow, WhatsmeowPeer } from "../../support/whatsmeow.ts";
import { STORAGE_KEY } from "./real-storage.ts";

const ANA = "15550000001";
const LEO = "15550000002";
const COUNT = 1_000;
/** How often the process is killed, and how long it lives after it is connected (ms). */
const KILLS = 8;
const LIFE = 400;

test.runIf(canRun("whatsmeow"))(
  `killed ${KILLS} times in a burst of ${COUNT} texts each way, nothing is lost, shown twice, or out of order`,
  async () => {
    const program = await buildWhatsmeow(WHATSMEOW_CACHE);
    const redis = await startTestRedis({ fsync: "always" });
    const connection = await connectTo(redis.target);
    const state = await mkdtemp(path.join(tmpdir(), "fb-kill-"));
    const server = await startWhatsAppServer({ keepTraffic: false });
    for (const number of [ANA, LEO]) server.addAccount(number, number);
    const leo = await WhatsmeowPeer.linked(program, server, LEO, "Leo");
    const lid = (number: string): string => server.account(number).jid("lid");
    let child: ChildProcess | undefined;
    let isFinished = false;

    async function begin(): Promise<ChildProcess> {
      const args = [server.url, server.root.toString("hex"), redis.socket, state, lid(LEO), String(COUNT)];
      const begun = fork(path.join(import.meta.dirname, "kill-child.ts"), args, {
        stdio: ["ignore", "ignore", "inherit", "ipc"],
      });
      await new Promise<void>((resolve, reject) => {
        begun.on("message", (message: { qr?: string; open?: true; finished?: true }) => {
          if (message.qr !== undefined) server.scan(ANA, message.qr);
          if (message.open) resolve();
          if (message.finished) isFinished = true;
        });
        begun.on("exit", () => reject(new Error("the process ended by itself")));
      });
      return begun;
    }
    async function kill(living: ChildProcess): Promise<void> {
      const gone = once(living, "exit");
      living.kill("SIGKILL");
      await gone;
    }

    try {
      child = await begin();
      const sent = (async () => {
        for (let number = 0; number < COUNT; number += 1) {
          await leo.send(lid(ANA), `theirs ${number}`);
          await sleep(4);
        }
      })();
      for (let round = 0; round < KILLS; round += 1) {
        await sleep(LIFE * (0.5 + Math.random()));
        await kill(child);
        child = await begin();
      }
      await sent;
      await expect.poll(() => isFinished, { timeout: 150_000 }).toBe(true);
      await expect
        .poll(() => connection.command("ZCARD", "shown"), { timeout: 30_000 })
        .toBeGreaterThanOrEqual(COUNT);
      const shown = (await connection.command("ZRANGE", "shown", 0, -1)) as Buffer[]; // an array of strings
      const texts = shown.map((member) => member.toString().replace(/^\S+ /, ""));
      expect(texts).toEqual(Array.from({ length: COUNT }, (_, number) => `theirs ${number}`));
      await expect.poll(() => leo.texts()).toContain(`ours ${COUNT - 1}`);
      // A text whose ack was lost with the process went out again under its id, which phones show once.
      const byId = new Map(
        leo.events
          .filter(({ event, kind }) => event === "message" && kind === "text")
          .map(({ id, text }) => [String(id), String(text)]),
      );
      expect([...byId.values()]).toEqual(Array.from({ length: COUNT }, (_, number) => `ours ${number}`));
      expect(leo.events.filter(({ event }) => event === "undecryptable" || event === "log")).toEqual([]);
      expect(server.problems).toEqual([]);
      // Sessions with both people's addresses are there, and nobody can read the addresses.
      const stored = (await connection.command("HGETALL", STORAGE_KEY)) as Buffer[]; // names and values
      const all = Buffer.concat(stored).toString("latin1");
      expect(stored.length).toBeGreaterThan(200);
      for (const number of [ANA, LEO, server.account(ANA).lid, server.account(LEO).lid])
        expect(all).not.toContain(number);
    } finally {
      child?.kill("SIGKILL");
      await leo.stop();
      await server.stop();
      await connection.close();
      await redis.stop();
      await rm(state, { recursive: true, force: true });
    }
  },
  300_000,
);
