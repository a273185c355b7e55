// The loopback network in a process of its own: `node loopback-network-main.ts '<LoopbackNetworkOptions as JSON>'`.
// First line: {"ready":true,"port","pid"}. Then JSON lines on stdin, each answered by one line with its `id`:
//   {"id":1,"do":"says","args":["<thread>","ana","hello"]} -> {"id":1,"result":"<event>"}
// `do` is one of the names below. It ends with its stdin, or on {"do":"stop"}.

import { createInterface } from "node:readline";
import type { Request } from "../../adapters/loopback/protocol.ts";
import { LoopbackNetwork, type LoopbackNetworkOptions, type NetworkFault } from "./loopback-network.ts";

const options = JSON.parse(process.argv[2] ?? "{}") as LoopbackNetworkOptions; // given by the test
const network = await LoopbackNetwork.start(options);
const say = (line: object): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};

const COMMANDS: Readonly<Record<string, (...args: never[]) => unknown>> = {
  says: (thread: string, from: string, text: string) => network.says(thread, from, text),
  happens: (thread: string, from: string, what: object) => network.happens(thread, from, what),
  types: (thread: string, from: string, typing: boolean) => network.types(thread, from, typing),
  threads: () => [...network.state.threads.values()],
  unacknowledged: () => network.state.unacknowledged.size,
  fail: (does: Request["do"], fault: NetworkFault, times?: number) => network.fail(does, fault, times),
  cut: () => network.cut(),
  away: () => network.away(),
  back: () => network.back(),
  stop: async () => {
    await network.stop();
    setImmediate(() => process.exit(0));
  },
};

interface Command {
  readonly id?: number;
  readonly do: string;
  readonly args?: readonly unknown[];
}

say({ ready: true, port: network.port, pid: process.pid });
for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() === "") continue;
  const command = JSON.parse(line) as Command; // a test's own
  try {
    const run = COMMANDS[command.do];
    if (run === undefined) throw new Error("found no such command, expected one of this file's");
    const result = await run(...((command.args ?? []) as never[])); // each command names its own
    say({ id: command.id, result: result ?? null });
  } catch (error) {
    say({ id: command.id, error: error instanceof Error ? error.message : "unknown" });
  }
}
process.exit(0);
