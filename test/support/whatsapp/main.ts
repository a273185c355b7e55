// The WhatsApp-compatible server as a process of its own, on 127.0.0.1:
//   node test/support/whatsapp/main.ts [--port 0] [--watch]
// First line: {"event":"ready","url":..,"root":"<64 hex digits>","ca":"<PEM>","pid":..}: all that a client has to know. Then
// commands, one JSON object a line on stdin, each answered by one line with the command's `id`, `result` or `error`:
//   {"id":1,"do":"add","number":"15550000001","name":"Ana","settings":{"hidesNumber":true}} -> {"id":1,"result":{"lid":".."}}
//   {"id":2,"do":"scan","number":..,"qr":..}        somebody scans what a client shows; "forgery":"signature" or "hmac"
//   {"id":3,"do":"code","number":..,"code":..}      ... or types it
//   {"id":4,"do":"fault","number":..,"fault":{"kind":"garble"},"times":1}   any of faults.ts      {"do":"heal"} takes all back
//   {"id":5,"do":"end","number":..,"ending":"restart"}          {"id":6,"do":"upset","number":..,"mood":"deaf"}
//   {"id":7,"do":"unlink","number":..,"device":1}  {"id":8,"do":"lock","number":..,"until":1700000000}
//   {"id":9,"do":"call","from":..,"to":..}          a call that is missed
//   {"do":"away"} {"do":"back"} {"id":10,"do":"problems"} -> {"id":10,"result":[..]}  {"do":"quit"}
// With --watch each message that passes is a line: {"event":"message","direction","number","device","attrs"}. It ends by
// SIGTERM, by `quit`, or with its stdin.

import "./quiet-console.ts";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import type { Fault } from "./faults.ts";
import { type Ending, startWhatsAppServer } from "./index.ts";
import type { AccountSettings } from "./people/account.ts";
import type { Forgery } from "./people/phone.ts";

const { values: options } = parseArgs({
  options: { port: { type: "string", default: "0" }, watch: { type: "boolean", default: false } },
});
const server = await startWhatsAppServer({ port: Number(options.port), keepTraffic: false });
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
if (options.watch) {
  server.traffic.watch(({ stanza, ...passed }) => {
    if (stanza.tag === "message") say({ event: "message", ...passed, attrs: stanza.attrs });
  });
}

/** What commands say. Each has those that its line in the head of this file names: the test's own business. */
interface Fields {
  readonly number: string;
  readonly name: string;
  readonly settings?: Partial<AccountSettings>;
  readonly qr: string;
  readonly forgery?: Forgery;
  readonly code: string;
  readonly fault: Fault;
  readonly times?: number;
  readonly ending: Ending;
  readonly mood: "deaf" | "silent";
  readonly device: number;
  readonly until?: number;
  readonly from: string;
  readonly to: string;
}

const COMMANDS: Readonly<Record<string, (fields: Fields) => unknown>> = {
  add: ({ number, name, settings }) => ({ lid: server.addAccount(number, name, settings).lid }),
  scan: ({ number, qr, forgery }) => server.scan(number, qr, forgery),
  code: ({ number, code }) => server.enterCode(number, code),
  fault: ({ number, fault, times }) => server.faults.put(number, fault, times),
  heal: ({ number }) => server.faults.heal(number),
  end: ({ number, ending }) => server.end(number, ending),
  upset: ({ number, mood }) => server.upset(number, mood),
  unlink: ({ number, device }) => server.unlink(number, device),
  lock: ({ number, until }) => server.timeLock(number, until),
  call: ({ from, to }) => server.missCall(from, to),
  away: () => server.away(),
  back: () => server.back(),
  problems: () => server.problems.map(String),
  quit: () => process.exit(0),
};

async function obey(line: string): Promise<void> {
  const { id, do: what, ...fields }: Fields & { id?: number; do?: string } = JSON.parse(line);
  try {
    const run = COMMANDS[what ?? ""];
    if (run === undefined) throw new Error("found no such command, expected one of the head of this file");
    say({ id, result: (await run(fields)) ?? {} });
  } catch (error) {
    say({ id, error: error instanceof Error ? error.message : "unknown" });
  }
}

process.on("SIGTERM", () => process.exit(0));
say({ event: "ready", url: server.url, root: server.root.toString("hex"), ca: server.ca, pid: process.pid });
for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() !== "") await obey(line);
}
process.exit(0);
