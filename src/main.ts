import { pipeline } from "node:stream/promises";
import { runCommand } from "./cli/program.ts";
import { askOnTerminal } from "./cli/terminal.ts";

// The command line. bin/footbridge.cjs starts it after it has looked at the version of Node.

const code = await runCommand(process.argv.slice(2), {
  env: process.env,
  terminal: process.stdout.isTTY === true,
  // Not by the console: the WhatsApp adapter closes it, since a library under it writes private keys there.
  out: (line) => void process.stdout.write(`${line}\n`),
  pipe: (octets) => pipeline(octets, process.stdout, { end: false }),
  err: (line) => void process.stderr.write(`${line}\n`),
  ask: askOnTerminal,
  loadDaemon: () => import("./daemon.ts"),
  loadBackups: () => import("./daemon/restore.ts"),
});
process.exit(code);
