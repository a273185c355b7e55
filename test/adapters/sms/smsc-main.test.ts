// The loopback SMSC as a process of its own, as the bench, the demo and the kill tests use it.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { afterEach, describe, expect, it } from "vitest";
import { connected, linkTo, NUMBER, PHONE, type Running, run } from "./fixture.ts";

const MAIN = new URL("../../support/smsc-main.ts", import.meta.url).pathname;

describe("the loopback SMSC in a process of its own", () => {
  let child: ChildProcess | undefined;
  let running: Running | undefined;

  afterEach(async () => {
    await running?.stop();
    child?.kill("SIGKILL");
  });

  async function start(port = 0) {
    const started = spawn(process.execPath, [MAIN, "--port", String(port)], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    child = started;
    const lines: Record<string, unknown>[] = [];
    // The driver's own lines.
    createInterface({ input: started.stdout }).on("line", (line) => lines.push(JSON.parse(line)));
    const line = async (matches: (line: Record<string, unknown>) => boolean) => {
      for (let tries = 0; tries < 500; tries += 1) {
        const found = lines.find(matches);
        if (found !== undefined) return found;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      throw new Error("the line didn't come");
    };
    const ready = await line(({ event }) => event === "ready");
    const ask = (command: { id: number } & Record<string, unknown>) => {
      started.stdin.write(`${JSON.stringify(command)}\n`);
      return line(({ id }) => id === command.id);
    };
    return { port: Number(ready.port), line, ask };
  }

  it("sends texts in, tells of texts that come out, obeys, and answers nonsense", async () => {
    const smsc = await start();
    running = run([linkTo(smsc.port)]);
    await connected(running);
    const text = { do: "text", from: PHONE, to: NUMBER, text: "hello" };
    expect(await smsc.ask({ id: 1, ...text })).toEqual({ id: 1, status: [0] });
    expect((await running.send("good day")).kind).toBe("done");
    await smsc.line((line) => line.event === "message" && line.text === "good day");
    await smsc.ask({ id: 2, do: "set", submit: 0x0b, next: 1 });
    expect(await running.send("refused")).toMatchObject({ kind: "refused", reason: "unreachable" });
    const flood = { do: "flood", from: [PHONE, "+447700900002"], to: NUMBER, n: 100, prefix: "n " };
    expect(await smsc.ask({ id: 3, ...flood })).toMatchObject({ ok: 100 });
    expect(await smsc.ask({ id: 4, do: "dance" })).toMatchObject({ error: expect.any(String) });
    expect(await smsc.ask({ id: 5, do: "messages" })).toMatchObject({ messages: [{ text: "good day" }] });
  });

  it("sends again after a cut what wasn't answered", async () => {
    const smsc = await start();
    running = run([linkTo(smsc.port)]);
    await connected(running);
    const { host } = running;
    const { promise, resolve } = Promise.withResolvers<void>();
    host.gate = () => promise;
    const status = smsc.ask({ id: 1, do: "text", from: PHONE, to: NUMBER, text: "once" });
    await new Promise((later) => setTimeout(later, 50));
    await smsc.ask({ id: 2, do: "cut" });
    resolve();
    expect(await status).toEqual({ id: 1, status: [0] });
    expect(host.texts()).toEqual(["once"]);
  });

  it("is bound to again after a kill", async () => {
    const first = await start();
    running = run([linkTo(first.port)]);
    await connected(running);
    const gone = child;
    gone?.kill("SIGKILL");
    if (gone !== undefined) await once(gone, "exit");
    const second = await start(first.port);
    const text = { do: "text", from: PHONE, to: NUMBER, text: "back" };
    expect(await second.ask({ id: 1, ...text })).toEqual({ id: 1, status: [0] });
  });
});
