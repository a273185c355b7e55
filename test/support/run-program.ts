import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Runs a program to its end; what it wrote to stdout. @throws with all that it wrote when it ends with anything but 0. */
export async function run(program: string, args: readonly string[], cwd: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(program, [...args], {
      cwd,
      encoding: "utf8",
      maxBuffer: 64e6,
    });
    return stdout;
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string }; // as execFile rejects
    throw new Error(`${program} ${args.join(" ")} failed:\n${stdout}${stderr}`, { cause: error });
  }
}
