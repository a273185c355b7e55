import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";

/** A homeserver in a process of its own, asked line by line. */
function start(options: object): {
  readonly next: () => Promise<Record<string, unknown>>;
  readonly ask: (name: string, ...args: readonly unknown[]) => Promise<unknown>;
  readonly kill: (signal: NodeJS.Signals) => Promise<void>;
} {
  const main = join(import.meta.dirname, "homeserver-main.ts");
  const child = spawn(process.execPath, [main, JSON.stringify(options)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<Record<string, unknown>> => JSON.parse((await lines.next()).value ?? "null");
  return {
    next,
    ask: async (name, ...args) => {
      child.stdin.write(`${JSON.stringify({ id: 1, do: name, args })}\n`);
      return (await next()).result;
    },
    kill: async (signal) => {
      const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
      child.kill(signal);
      await gone;
    },
  };
}

test("a homeserver of its own process says where it is, does what it is asked, and survives a kill", async () => {
  const folder = await mkdtemp(join(tmpdir(), "footbridge-homeserver-"));
  const file = join(folder, "state.json");
  const first = start({ asToken: "t", file });
  const { ready, url } = await first.next();
  expect([ready, typeof url]).toEqual([true, "string"]);
  const room = await first.ask("userCreatesRoom", "@ana:localhost", "@footbridge:localhost");
  const event = await first.ask("userSends", room, "@ana:localhost", "hello");
  await first.kill("SIGKILL");
  const second = start({ asToken: "t", file });
  await second.next();
  expect(await second.ask("shown", room)).toEqual([{ id: event, sender: "@ana:localhost", body: "hello" }]);
  expect(await second.ask("nothing")).toBeUndefined();
  await second.kill("SIGTERM");
  await rm(folder, { recursive: true });
});
