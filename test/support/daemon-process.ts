import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";

/** How long a start may take before it is given up and the process is killed, in ms. */
const START_LIMIT = 30_000;
const LAUNCHER = fileURLToPath(new URL("../../bin/footbridge.cjs", import.meta.url));

/** The real daemon in a process of its own. */
export interface DaemonProcess {
  readonly folder: string;
  readonly config: string;
  readonly pid: number;
  /** From the spawn to its ready line, in ms. */
  readonly readyMs: number;
  /** All that it wrote to stdout and stderr so far, over all its lives. */
  output(): string;
  /** Ends it and waits until it is gone: SIGTERM for an orderly stop. Gives its exit code, null after a signal. */
  end(signal?: "SIGTERM" | "SIGKILL"): Promise<number | null>;
  /** Starts it again on the same state. */
  start(): Promise<void>;
  /** Whether it runs. */
  readonly running: boolean;
}

/** Writes the config into the folder and starts the daemon; resolves when it is ready. `launcher`: another one than the clone's. */
export async function startDaemonProcess(
  folder: string,
  config: Readonly<Record<string, unknown>>,
  env: Readonly<Record<string, string>> = {},
  launcher = LAUNCHER,
): Promise<DaemonProcess> {
  const file = join(folder, "config.yaml");
  writeFileSync(file, stringify({ state: "./state", ...config }), { mode: 0o600 });
  const daemon = new Daemon({ folder, config: file, env, launcher });
  await daemon.start();
  return daemon;
}

class Daemon implements DaemonProcess {
  readonly folder: string;
  readonly config: string;
  readyMs = 0;
  readonly #env: Readonly<Record<string, string>>;
  readonly #launcher: string;
  #child: ChildProcess | undefined;
  #output = "";

  constructor(parts: {
    readonly folder: string;
    readonly config: string;
    readonly env: Readonly<Record<string, string>>;
    readonly launcher: string;
  }) {
    this.folder = parts.folder;
    this.config = parts.config;
    this.#env = parts.env;
    this.#launcher = parts.launcher;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  get running(): boolean {
    return this.#child !== undefined;
  }

  output(): string {
    return this.#output;
  }

  async start(): Promise<void> {
    const began = performance.now();
    const child = spawn(process.execPath, [this.#launcher, "run", "--config", this.config], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...this.#env },
    });
    this.#child = child;
    const from = this.#output.length;
    const ready = new Promise<void>((resolve, reject) => {
      const take = (chunk: Buffer): void => {
        this.#output += chunk.toString();
        if (this.#output.includes('"event":"daemon.ready"', from)) resolve();
      };
      child.stdout.on("data", take);
      child.stderr.on("data", take);
      child.once("exit", (code, signal) => {
        this.#child = undefined;
        reject(
          new Error(`the daemon ended (${code ?? signal}) before it was ready:\n${this.#output.slice(from)}`),
        );
      });
    });
    const late = setTimeout(() => child.kill("SIGKILL"), START_LIMIT);
    await ready.finally(() => clearTimeout(late));
    this.readyMs = performance.now() - began;
  }

  async end(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<number | null> {
    const child = this.#child;
    if (child === undefined) return null;
    const gone = once(child, "exit");
    child.kill(signal);
    const [code] = (await gone) as [number | null];
    return code;
  }
}
