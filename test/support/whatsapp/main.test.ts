// The server as a process of its own, with a client in this one.

import "./quiet-console.ts";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Journal } from "../journal.ts";
import { BaileysClient } from "./client.ts";
import { mendSignatures, trustRoot } from "./trust.ts";

const ANA = "15550000001";

interface Line {
  readonly id?: number;
  readonly event?: string;
  readonly result?: unknown;
  readonly error?: string;
  readonly url?: string;
  readonly root?: string;
  readonly ca?: string;
}

let child: ChildProcess;
let said: Journal<Line>;
let client: BaileysClient | undefined;

beforeEach(() => {
  child = spawn(process.execPath, [path.join(import.meta.dirname, "main.ts")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  said = new Journal();
  if (child.stdout === null) throw new Error("it has no output");
  createInterface({ input: child.stdout }).on("line", (line) => said.add(JSON.parse(line)));
});
afterEach(async () => {
  await client?.close();
  client = undefined;
  if (child.exitCode !== null) return;
  const ended = once(child, "exit");
  child.stdin?.end();
  await ended;
});

async function ready(): Promise<Line> {
  return said.waitFor((line): line is Line => line.event === "ready", 10_000, "it didn't start");
}

async function tell(id: number, what: string, fields: object = {}): Promise<Line> {
  child.stdin?.write(`${JSON.stringify({ id, do: what, ...fields })}\n`);
  return said.waitFor((line): line is Line => line.id === id, 5_000, "no answer came");
}

describe("the server's own program", () => {
  it("says where it is and what to trust, and a client is linked by that alone", async () => {
    const { url = "", root = "" } = await ready();
    mendSignatures();
    trustRoot(Buffer.from(root, "hex"));
    expect(await tell(1, "add", { number: ANA, name: "Ana" })).toMatchObject({
      result: { lid: expect.stringMatching(/^\d{15}$/) },
    });
    client = new BaileysClient({ url });
    client.connect();
    const { qr } = await client.waitFor("qr");
    expect(await tell(2, "scan", { number: ANA, qr })).toEqual({ id: 2, result: {} });
    await client.open();
    await tell(3, "end", { number: ANA, ending: "replaced" });
    await client.waitFor("closed", ({ code }) => code === 440);
    expect(await tell(4, "problems")).toEqual({ id: 4, result: [] });
  });

  it("answers what it can't do with an error, and ends with its stdin", async () => {
    await ready();
    expect(await tell(1, "nonsense")).toMatchObject({ error: expect.stringContaining("no such command") });
    expect(await tell(2, "scan", { number: ANA, qr: "a,b,c,d" })).toMatchObject({
      error: "nobody has this number",
    });
    const ended = once(child, "exit");
    child.stdin?.end();
    expect(await ended).toEqual([0, null]);
  });
});
