import { runCommand } from "../../src/cli/program.ts";
import { testAdapters } from "../config/test-adapters.ts";

/** Runs the command line in this process; what it would print is given back, a line each. */
export async function runInProcess(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number; readonly out: string[]; readonly err: string[] }> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCommand(args, {
    env,
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    loadDaemon: async () => ({
      adapters: testAdapters,
      startDaemon: () => Promise.reject(new Error("not started here")),
    }),
  });
  return { code, out, err };
}
