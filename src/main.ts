import { runCommand } from "./cli/program.ts";

// The command line. bin/footbridge.cjs starts it after it has looked at the version of Node.
const code = await runCommand(process.argv.slice(2), {
  env: process.env,
  terminal: process.stdout.isTTY === true,
  out: (line) => console.log(line),
  err: (line) => console.error(line),
  loadDaemon: () => import("./daemon.ts"),
});
process.exit(code);
