// A folder that looks like a fresh clone, in which the commands of the documents are run.

import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { freePort } from "../../demo/ports.ts";
import { ourFiles } from "../../scripts/check/files.ts";
import { type Homeserver, startHomeserver } from "../support/homeserver.ts";
import { LoopbackSmsc } from "../support/smsc.ts";
import { ROOT } from "./markdown.ts";

/** What of the clone the documents have people change: copied. All else of it is only read: linked. */
const COPIED: readonly string[] = ["config.example.yaml"];
/** Neither the config of who runs the tests, nor what this very runner tells the programs that it starts. */
const KEPT_ENV = Object.fromEntries(
  ["HOME", "LANG", "TMPDIR", "USER"].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  }),
);
const SMSC_PASSWORD = "sandbox";

/** What a command did. */
export interface Ran {
  readonly code: number | null;
  /** stdout and stderr. */
  readonly output: string;
}

/** One sandbox; `close` ends all that it started and removes its folder. */
export class Sandbox {
  readonly folder = mkdtempSync(join(tmpdir(), "fb-docs-"));
  readonly #children: ChildProcess[] = [];
  #homeserver: Homeserver | undefined;
  #smsc: LoopbackSmsc | undefined;

  /** Should the test be ended before it closes this one: what runs here leads groups of its own, and would stay. */
  readonly #endAll = (): void => this.#children.forEach((child) => void endGroup(child));

  constructor() {
    process.once("exit", this.#endAll);
    const top = new Set(["node_modules", ...ourFiles(ROOT).map((file) => file.split("/")[0] ?? "")]);
    for (const name of [...top].filter((one) => !COPIED.includes(one)))
      symlinkSync(join(ROOT, name), join(this.folder, name));
    for (const name of COPIED) copyFileSync(join(ROOT, name), join(this.folder, name));
    // What `npm install -g` gives: the documents write "footbridge" where it needn't be a clone.
    const programs = join(this.folder, ".programs");
    mkdirSync(programs);
    symlinkSync(join(ROOT, "bin/footbridge.cjs"), join(programs, "footbridge"));
    // As npx, which takes seconds each time to find the clone's own program; a test has the real one find it once.
    writeFileSync(join(programs, "npx"), '#!/bin/sh\nexec "$@"\n', { mode: 0o755 });
  }

  /** Runs a command line in bash. `real`: with the system's own npx. */
  async run(command: string, real: "real" | "short" = "short"): Promise<Ran> {
    if (real === "real") rmSync(join(this.folder, ".programs/npx"), { force: true });
    const child = this.#spawn(command);
    let output = "";
    const take = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout?.on("data", take);
    child.stderr?.on("data", take);
    const [code] = (await once(child, "close")) as [number | null];
    return { code, output };
  }

  /** Starts a daemon by a command line, and resolves when it is ready. */
  async start(command: string): Promise<void> {
    const child = this.#spawn(command);
    let output = "";
    await new Promise<void>((resolve, reject) => {
      const take = (chunk: Buffer): void => {
        output += chunk.toString();
        if (output.includes('"event":"daemon.ready"')) resolve();
      };
      child.stdout?.on("data", take);
      child.stderr?.on("data", take);
      child.once("close", (code) => reject(new Error(`"${command}" ended with ${code}:\n${output}`)));
    });
  }

  /**
   * Starts a homeserver and an SMSC on loopback, and writes their addresses into config.yaml, made of the example; tokens where
   * there are none yet.
   */
  async setAddresses(): Promise<void> {
    const secrets = join(this.folder, "secrets");
    mkdirSync(secrets, { recursive: true, mode: 0o700 });
    const secret = (name: string): string => {
      const file = join(secrets, name);
      if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString("hex"), { mode: 0o600 });
      return readFileSync(file, "utf8").trim();
    };
    const port = await freePort();
    this.#homeserver = await startHomeserver({
      serverName: "example.org",
      asToken: secret("as-token"),
      appservice: { url: `http://127.0.0.1:${port}`, hsToken: secret("hs-token") },
    });
    this.#smsc = await LoopbackSmsc.start({ settings: { systemId: "footbridge", password: SMSC_PASSWORD } });
    const file = join(this.folder, "config.yaml");
    const text = [
      ["http://127.0.0.1:8008", this.#homeserver.url],
      ["port: 9993", `port: ${port}`],
      ["host: smsc.example.net\n        #port: 2775", `host: 127.0.0.1\n        port: ${this.#smsc.port}`],
    ].reduce(
      (all, [from = "", to = ""]) => {
        if (!all.includes(from)) throw new Error(`config.yaml has no "${from}"`);
        return all.replace(from, to);
      },
      readFileSync(file, "utf8"),
    );
    writeFileSync(file, text, { mode: 0o600 });
  }

  /** Ends what it started, by its process id, and removes the folder. */
  async close(): Promise<void> {
    process.off("exit", this.#endAll);
    for (const child of this.#children) {
      const gone = once(child, "close");
      if (endGroup(child)) await gone;
    }
    await this.#homeserver?.stop();
    await this.#smsc?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #spawn(command: string): ChildProcess {
    const path = [join(this.folder, ".programs"), join(ROOT, "node_modules/.bin"), process.env.PATH].join(
      delimiter,
    );
    const child = spawn("bash", ["-euo", "pipefail", "-c", command], {
      cwd: this.folder,
      env: { ...KEPT_ENV, PATH: path, SMSC_PASSWORD },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    this.#children.push(child);
    return child;
  }
}

/** Ends a process with all that it started, if it runs. */
function endGroup(child: ChildProcess): boolean {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return false;
  try {
    return process.kill(-child.pid, "SIGTERM");
  } catch {
    return false; // it ended just now
  }
}

/** A sandbox with secrets, a config with the addresses of loopback servers, and a daemon that runs. */
export async function openHouse(): Promise<Sandbox> {
  const house = new Sandbox();
  try {
    copyFileSync(join(house.folder, "config.example.yaml"), join(house.folder, "config.yaml"));
    await house.setAddresses();
    await house.start("footbridge run");
    return house;
  } catch (error) {
    await house.close();
    throw error;
  }
}
