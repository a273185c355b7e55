// A real server: Debian's Prosody, on ports and in a folder of its own.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Where people have their accounts. */
export const DOMAIN = "people.test";
/** Where the bridge is. */
export const BRIDGE = "bridge.people.test";
export const SECRET = "canary-secret-of-the-component";
const PASSWORD = "password-of-a-person";

/** Whether this machine has one. */
export function hasProsody(): boolean {
  return spawnSync("prosodyctl", ["about"], { timeout: 30_000 }).status === 0;
}

/** A free port on this machine, for a moment. */
export async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("found no port, expected a free one");
  return address.port;
}

/** A Prosody at work. */
export class Prosody {
  readonly clients: number;
  readonly components: number;
  readonly #folder = mkdtempSync(join(tmpdir(), "footbridge-prosody-"));
  #process: ChildProcess | undefined;

  private constructor(clients: number, components: number) {
    this.clients = clients;
    this.components = components;
    mkdirSync(join(this.#folder, "data/people%2etest/accounts"), { recursive: true });
    writeFileSync(join(this.#folder, "prosody.cfg.lua"), this.#config());
  }

  static async start(): Promise<Prosody> {
    const prosody = new Prosody(await freePort(), await freePort());
    await prosody.run();
    return prosody;
  }

  /** Makes an account; its bare JID and its password. */
  register(name: string): { readonly jid: string; readonly password: string } {
    const stored = name.replaceAll(/[^a-z0-9]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
    const file = join(this.#folder, "data/people%2etest/accounts", `${stored}.dat`);
    writeFileSync(file, `return { ["password"] = "${PASSWORD}"; };\n`);
    return { jid: `${name}@${DOMAIN}`, password: PASSWORD };
  }

  async run(): Promise<void> {
    const args = ["-F", "--config", join(this.#folder, "prosody.cfg.lua")];
    this.#process = spawn("prosody", args, { stdio: "ignore" });
    for (let tries = 0; tries < 200; tries += 1) {
      if ((await listens(this.clients)) && (await listens(this.components))) return;
      await sleep(50);
    }
    throw new Error("found no Prosody on its ports after 10 s");
  }

  /** Ends it as its operator would. */
  async halt(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null) return;
    const over = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await over;
  }

  async stop(): Promise<void> {
    await this.halt();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #config(): string {
    return `
run_as_root = true
data_path = "${this.#folder}/data"
certificates = "${this.#folder}"
interfaces = { "127.0.0.1" }
c2s_ports = { ${this.clients} }
component_ports = { ${this.components} }
component_interfaces = { "127.0.0.1" }
modules_enabled = { "roster", "saslauth", "disco", "ping", "offline" }
modules_disabled = { "s2s", "tls" }
authentication = "internal_plain"
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
log = { error = "${this.#folder}/errors.log" }
VirtualHost "${DOMAIN}"
Component "${BRIDGE}"
  component_secret = "${SECRET}"
`;
  }
}

async function listens(port: number): Promise<boolean> {
  const socket = net.connect(port, "127.0.0.1");
  try {
    return await new Promise((resolve) => {
      socket.once("connect", () => resolve(true));
      socket.once("error", () => resolve(false));
    });
  } finally {
    socket.destroy();
  }
}
