import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Servers that speak our commands, in the order in which they are looked for. */
export const SERVERS = ["redis-server", "valkey-server"] as const;

/** The path of a program, looked up as a shell does; undefined when it isn't installed. */
export function findProgram(name: string): string | undefined {
  if (name.includes("/")) return isExecutable(name) ? name : undefined;
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  // Debian keeps servers out of a user's PATH.
  return [...folders, "/usr/bin", "/usr/local/bin", "/usr/sbin", "/opt/homebrew/bin"]
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The exit code of a program that says nothing; undefined when it couldn't be run or was killed. `fd` is its fd 3. */
export function run(program: string, args: readonly string[], fd?: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const child: ChildProcess = spawn(program, args, {
      stdio: ["ignore", "ignore", "ignore", ...(fd === undefined ? [] : [fd])],
    });
    child.once("error", () => resolve(undefined));
    child.once("exit", (code) => resolve(code ?? undefined));
  });
}

/** What a child gets of our environment: no secret that stands there. */
export function childEnvironment(): NodeJS.ProcessEnv {
  const kept = /^(?:PATH|LANG|LC_.*|TZ|LD_PRELOAD|LD_LIBRARY_PATH|MALLOC_.*|CLOCK_SHIFT_.*)$/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => kept.test(name)));
}
