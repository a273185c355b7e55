// The loopback SMSC as a process of its own, for the bench, the demo and the kill tests:
//   node test/support/smsc-main.ts --port 0 [--quiet]
// First line: {"event":"ready","port":..,"pid":..}. Then commands, one JSON object a line on stdin, each answered by one
// line with the command's `id`. It ends by SIGTERM, by `quit`, or with its stdin.
//   {"id":1,"do":"text","from":"+44..","to":"+1..","text":".."}  -> {"id":1,"status":[0]}   when all parts are answered
//   {"id":2,"do":"flood","from":["+44.."],"to":"+1..","n":1000,"prefix":"x ","rate":0} -> {"id":2,"ok":1000,"ms":..}
//   {"id":3,"do":"receipt","message":"3e9","sender":"+1..","phone":"+44..","state":"DELIVRD"} -> {"id":3,"status":0}
//   {"id":4,"do":"set","submit":88,"next":3}   any of smsc-settings.ts   -> {"id":4}
//   {"id":5,"do":"messages","after":0} -> {"id":5,"messages":[..],"submits":n}      {"do":"forget"} empties that list
//   {"do":"cut"} {"do":"reset"} {"do":"close"} {"do":"unbind"} on all connections; {"do":"away"} {"do":"back"} {"do":"quit"}
// Without --quiet each whole message is a line too: {"event":"message","from","to","text","parts","ids","at"}.

import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { LoopbackSmsc } from "./smsc.ts";

const { values: options } = parseArgs({
  // `control` is accepted and does nothing: stdin is always the control.
  options: {
    port: { type: "string", default: "0" },
    quiet: { type: "boolean" },
    control: { type: "boolean" },
  },
});

const smsc = await LoopbackSmsc.start({ port: Number(options.port) });
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
if (options.quiet !== true) smsc.onMessage = (message) => say({ event: "message", ...message });
process.on("SIGTERM", () => process.exit(0));
say({ event: "ready", port: smsc.port, pid: process.pid });

for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() === "") continue;
  void obey(line);
}
process.exit(0);

async function obey(line: string): Promise<void> {
  let id: unknown;
  try {
    // The harness is the only one who writes here; a wrong command is answered with an error.
    const command = JSON.parse(line) as Record<string, unknown>;
    id = command.id;
    say({ id, ...(await run(command)) });
  } catch (error) {
    say({ id, error: error instanceof Error ? error.message : "unknown" });
  }
}

async function run(command: Record<string, unknown>): Promise<object> {
  const { id: _, do: what, ...given } = command;
  switch (what) {
    case "text":
      return { status: await smsc.text(String(given.from), String(given.to), String(given.text)) };
    case "flood":
      return flood(given);
    case "receipt":
      return {
        status: await smsc.receipt(
          String(given.message),
          String(given.sender),
          String(given.phone),
          String(given.state ?? "DELIVRD"),
        ),
      };
    case "set":
      Object.assign(smsc.settings, given);
      return {};
    case "messages":
      return { messages: smsc.messages.slice(Number(given.after ?? 0)), submits: smsc.submits };
    case "forget":
      smsc.messages.length = 0;
      return {};
    case "cut":
    case "reset":
    case "close":
      for (const connection of [...smsc.connections]) connection[what]();
      return {};
    case "unbind":
      for (const connection of smsc.bound) connection.request({ command: "unbind" });
      return {};
    case "away":
      await smsc.away();
      return {};
    case "back":
      await smsc.listen();
      return {};
    case "quit":
      return process.exit(0);
    default:
      throw new Error("found no such command, expected one of the head of this file");
  }
}

/** n texts, in turn from each sender, at `rate` a second or as fast as the ESME takes them. */
async function flood(given: Record<string, unknown>): Promise<object> {
  const senders = [given.from].flat().map(String);
  const [n, rate] = [Number(given.n), Number(given.rate ?? 0)];
  const began = performance.now();
  const all: Promise<readonly number[]>[] = [];
  for (let at = 0; at < n; at += 1) {
    const wait = rate > 0 ? began + (at * 1_000) / rate - performance.now() : 0;
    if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait));
    const from = senders[at % senders.length] ?? "";
    all.push(smsc.text(from, String(given.to), `${given.prefix ?? "text "}${at}`));
  }
  const statuses = await Promise.all(all);
  const ok = statuses.filter((parts) => parts.every((status) => status === 0)).length;
  return { ok, n, ms: performance.now() - began };
}
