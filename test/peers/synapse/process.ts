import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { homeserverSettings, logSettings, type SynapseSettings } from "./settings.ts";

/** Writes the files that a server is started from. */
export async function writeSettings(settings: SynapseSettings): Promise<void> {
  const { folder, registration } = settings;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "log.yaml"), JSON.stringify(logSettings(folder)));
  await writeFile(join(folder, "homeserver.yaml"), JSON.stringify(homeserverSettings(settings)));
  if (registration !== undefined) {
    await writeFile(join(folder, "registration.yaml"), JSON.stringify(registration));
  }
}

/**
 * Starts Synapse on a folder's files and waits until it answers.
 * @throws Error with the end of its output when it ends before that.
 */
export async function spawnSynapse(python: string, folder: string, url: string): Promise<ChildProcess> {
  const out = openSync(join(folder, "homeserver.out"), "a");
  const child = spawn(python, ["-m", "synapse.app.homeserver", "-c", join(folder, "homeserver.yaml")], {
    cwd: folder,
    stdio: ["ignore", out, out],
    env: { ...process.env, SYNAPSE_CACHE_FACTOR: "0.5" },
  });
  closeSync(out);
  while (!(await isHealthy(url))) {
    if (child.exitCode !== null || child.signalCode !== null) {
      const output = await readFile(join(folder, "homeserver.out"), "utf8");
      throw new Error(`Synapse ended at its start: ${output.slice(-800)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return child;
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health`)).ok;
  } catch {
    return false; // not listening yet
  }
}

/** Ends a process that we started, and waits until it is gone. */
export async function endProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill(signal);
  await gone;
}

/** A port on 127.0.0.1 that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port was given");
  return address.port;
}
