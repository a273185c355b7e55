// A set-up of all that a bridge needs, for `footbridge doctor`: real adapters, a homeserver and an SMSC on loopback, a state
// folder as a daemon leaves it. Tests break it in one way each.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { adapters } from "../../../src/daemon.ts";
import type { ControlHandlers } from "../../../src/http/control-api.ts";
import { openControlServer } from "../../../src/http/control-server.ts";
import type { HealthSource } from "../../../src/http/health.ts";
import { createClock } from "../../../src/observe/clock.ts";
import { createRandom } from "../../../src/observe/random.ts";
import { openFileKeyStore } from "../../../src/privacy/file-key-store.ts";
import { loadKek } from "../../../src/privacy/kek.ts";
import { openKeyring } from "../../../src/privacy/keyring.ts";
import { freePort } from "../../peers/synapse/process.ts";
import { type Homeserver, startHomeserver } from "../../support/homeserver.ts";
import { silent } from "../../support/redis.ts";
import { LoopbackSmsc } from "../../support/smsc.ts";
import { runInProcess } from "../in-process.ts";

/** Servers that all set-ups of a file share. */
export interface Servers {
  readonly homeserver: Homeserver;
  readonly smsc: LoopbackSmsc;
  /** Where the homeserver expects us. */
  readonly port: number;
}

export async function startServers(): Promise<Servers> {
  const port = await freePort();
  const appservice = { url: `http://127.0.0.1:${port}`, hsToken: "hs-canary" };
  const homeserver = await startHomeserver({ asToken: "as-canary", appservice });
  const smsc = await LoopbackSmsc.start({ settings: { systemId: "esme", password: "password-canary" } });
  return { homeserver, smsc, port };
}

export async function stopServers({ homeserver, smsc }: Servers): Promise<void> {
  await homeserver.stop();
  await smsc.stop();
}

/** What a config is made of; a test changes what it breaks. */
export interface ConfigParts {
  /** YAML lines at the top level. */
  top: string;
  /** YAML lines of the SMS account. */
  sms: string;
  homeserver: string;
  name: string;
  matrixPort: number;
  /** The keys of the one link, in YAML's flow form. */
  link: string;
  smsHost: string;
  smsPort: number;
  /** YAML of further accounts, indented by two. */
  accounts: string;
  limits: string;
  state: string;
}

/** A bridge's folder that is in order until a test breaks it. */
export class Scene {
  readonly folder = mkdtempSync(join(tmpdir(), "fb-doctor-"));
  readonly config = join(this.folder, "config.yaml");
  readonly parts: ConfigParts;
  /** Done at the end, the last first. */
  readonly undo: (() => unknown)[] = [];
  /** More of the command line. */
  readonly args: string[] = [];
  /** Temporary folders, and what the page calls them. */
  readonly places: [place: string, name: string][] = [[this.folder, "/srv/footbridge"]];
  /** What a shell does before it runs the command. */
  shell: string | undefined;

  constructor({ homeserver, smsc, port }: Servers) {
    this.undo.push(() => rmSync(this.folder, { recursive: true, force: true }));
    this.parts = {
      top: "",
      sms: "",
      homeserver: homeserver.url,
      name: "localhost",
      matrixPort: port,
      link: "",
      smsHost: "127.0.0.1",
      smsPort: smsc.port,
      accounts: "",
      limits: '{smsTo: ["+1"]}',
      state: "./state",
    };
    mkdirSync(join(this.folder, "secrets"), { mode: 0o700 });
    this.write("secrets/password", "password-canary");
    this.write(
      "homeserver.yaml",
      JSON.stringify({
        server_name: "localhost",
        enable_search: false,
        redaction_retention_period: "1d",
        retention: { enabled: true },
        presence: { enabled: false },
      }),
    );
  }

  get state(): string {
    return resolve(this.folder, this.parts.state);
  }

  /** Writes a file of the folder, which only this user may read. */
  write(name: string, text: string, mode = 0o600): string {
    const path = join(this.folder, name);
    writeFileSync(path, text, { mode });
    return path;
  }

  writeConfig(): void {
    const { top, sms, homeserver, name, matrixPort, link, smsHost, smsPort, accounts, limits, state } =
      this.parts;
    this.write(
      "config.yaml",
      `state: ${state}
limits: ${limits}
accounts:
  matrix:
    network: matrix
    homeserver: {url: "${homeserver}", name: ${name}}
    appservice: {port: ${matrixPort}, asToken: as-canary, hsToken: hs-canary}
  sms:
    network: sms
    numbers: ["+12025550111", "+12025550112"]
    links:
      - {name: smsc-a, host: "${smsHost}", port: ${smsPort}, systemId: esme, password: {file: secrets/password}, responseTimeoutSeconds: 1${link}}
${sms}${accounts}${top}`,
    );
  }

  /** What a daemon leaves in its state folder. */
  async makeState(clock = createClock()): Promise<void> {
    const { state } = this;
    mkdirSync(state, { mode: 0o700, recursive: true });
    mkdirSync(join(state, "redis"), { mode: 0o700 });
    const random = createRandom();
    const keys = join(state, "keys");
    const kek = await loadKek(
      { kind: "file", path: join(state, "kek"), create: true },
      { random, keyFolder: keys },
    );
    const store = await openFileKeyStore({ folder: keys, kek, clock, log: silent, random });
    await openKeyring({ store, clock, random, log: silent });
    await store.close();
  }

  /** A control socket as a daemon has it, and something that takes the homeserver's calls, until the end. */
  async besideDaemon(more: Partial<ControlHandlers> = {}, health?: HealthSource): Promise<void> {
    const unused = async () => Promise.reject(new Error("not asked here"));
    const handlers: ControlHandlers = {
      ...{ status: unused, buried: unused, retry: unused, drop: unused, audit: unused },
      doctor: async () => [],
      pair: () => "unknown",
      unpair: async () => "unknown",
      greet: unused,
      backup: unused,
      ...more,
    };
    const server = await openControlServer({
      ...{ stateFolder: this.state, handlers, onError: () => undefined },
      ...(health === undefined ? {} : { health }),
    });
    this.undo.push(() => server.close());
    const listener = createServer((_request, response) => response.end("{}"));
    await new Promise<void>((done) => listener.listen(this.parts.matrixPort, "127.0.0.1", done));
    this.undo.push(() => new Promise((done) => listener.close(done)));
    this.undo.push(() => listener.closeAllConnections());
  }

  /** Runs `footbridge doctor`: its exit code, and its lines as the page shows them. */
  async examine(): Promise<{ readonly code: number; readonly lines: readonly string[] }> {
    const args = ["doctor", "-c", this.config, ...this.args];
    const loadDaemon = async () => ({
      loadAdapters: async () => adapters,
      startDaemon: () => Promise.reject(new Error("not started here")),
    });
    const { code, out, err } =
      this.shell === undefined
        ? await runInProcess(args, {}, loadDaemon)
        : await runInShell(this.shell, args);
    if (err.length > 0) throw new Error(`something stood on stderr: ${err.join()}`);
    const shown = (line: string): string =>
      this.places.reduce((text, [place, name]) => text.replaceAll(place, name), line);
    return { code, lines: out.map(shown) };
  }

  async end(): Promise<void> {
    for (const step of this.undo.reverse()) await step();
  }
}

/** The real command in a process of its own. */
async function runInShell(shell: string, args: readonly string[]) {
  const main = join(import.meta.dirname, "../../../src/main.ts");
  const child = spawn("sh", ["-c", `${shell}; exec "$0" "$@"`, process.execPath, main, ...args]);
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  const linesOf = (said: string): string[] => said.split("\n").filter((line) => line !== "");
  return { code: Number(code), out: linesOf(out), err: linesOf(err) };
}

/** A line as it is compared: how many, which version and which port aren't looked at. */
export function comparable(line: string): string {
  return line.replaceAll(/\d+(?:\.\d+)*/g, "0");
}
