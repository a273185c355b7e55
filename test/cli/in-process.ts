import type { Io } from "../../src/cli/io.ts";
import { runCommand } from "../../src/cli/program.ts";
import { testAdapters } from "../config/test-adapters.ts";

/** Runs the command line in this process; what it would print is given back, a line each. By default it starts no daemon. */
export async function runInProcess(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  loadDaemon: Io["loadDaemon"] = async () => ({
    loadAdapters: async () => testAdapters,
    startDaemon: () => Promise.reject(new Error("not started here")),
  }),
  terminal = false,
  ask?: Io["ask"],
): Promise<{ readonly code: number; readonly out: string[]; readonly err: string[] }> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCommand(args, {
    env,
    terminal,
    ...(ask === undefined ? {} : { ask }),
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    loadDaemon,
    loadBackups: () => import("../../src/daemon/restore.ts"),
  });
  return { code, out, err };
}
