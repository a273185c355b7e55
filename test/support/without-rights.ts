import { execFileSync } from "node:child_process";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");
const DAC = "-dac_override,-dac_read_search";
const SETPRIV = ["setpriv", `--bounding-set=${DAC}`, `--inh-caps=${DAC}`];

/** Runs a script in a process that may do no more than its user may: root may read and write everywhere, but for that. Gives what it printed. */
export function withoutRights(script: string, ...given: readonly string[]): string {
  const node = [process.execPath, "--input-type=module", "-e", script, ...given];
  const [program = "", ...args] = process.getuid?.() === 0 ? [...SETPRIV, ...node] : node;
  return execFileSync(program, args, { cwd: ROOT, encoding: "utf8" });
}
