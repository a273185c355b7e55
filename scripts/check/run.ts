import { spawn } from "node:child_process";

/** What became of a program: its exit code and all that it wrote. */
interface Ran {
  readonly code: number;
  readonly output: string;
}

/** Runs a program of node_modules/.bin, or of the system, and keeps what it writes; `onText` hears it as it comes. */
export function runProgram(
  root: string,
  command: string,
  args: readonly string[],
  onText: (text: string) => void = () => undefined,
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const hear = (part: string) => {
      output += part;
      onText(part);
    };
    child.stdout.setEncoding("utf8").on("data", hear);
    child.stderr.setEncoding("utf8").on("data", hear);
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}
