import { type ChildProcess, execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { endProcess, freePort, spawnSynapse, writeSettings } from "./process.ts";
import { DEFAULT_CACHE, type SynapseVenv, synapseVenv } from "./venv.ts";

export { freePort } from "./process.ts";
export { SERVER_NAME } from "./settings.ts";
export { SYNAPSE_VERSION, synapseVenv } from "./venv.ts";

/** How a test's Synapse is started. */
export interface SynapseOptions {
  /** Its state; by default a temporary folder that `stop` removes. One that has a state already is started on it. */
  readonly folder?: string;
  /** Where the venv and the template are kept; by default `.cache/synapse` of the repository. */
  readonly cache?: string;
  readonly port?: number;
  /** The content of the appservice's registration file: what the adapter's `registrationOf` gives. */
  readonly registration?: Readonly<Record<string, unknown>>;
  /** Put over its settings at the top level. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** A real Synapse in a process of its own. */
export interface Synapse {
  readonly url: string;
  readonly folder: string;
  /** Of the process that runs now, or ran last. */
  readonly pid: number;
  /** Ends the process in this way and waits until it is gone; the state stays. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same state and port, after ending it when it runs. */
  restart(signal?: NodeJS.Signals): Promise<void>;
  /** Ends it; a temporary folder is removed. */
  stop(): Promise<void>;
}

/**
 * Starts Synapse on a copy of the cached template (schema and key): 1 to 2 s. The first call on a machine installs Synapse.
 * @throws Error when it can't be installed or doesn't start.
 */
export async function startSynapse(options: SynapseOptions = {}): Promise<Synapse> {
  const venv = await synapseVenv(options.cache ?? DEFAULT_CACHE);
  const template = await ensureTemplate(venv);
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), "footbridge-synapse-")));
  await mkdir(folder, { recursive: true });
  for (const file of ["homeserver.db", "signing.key"]) {
    if (!existsSync(join(folder, file))) await copyFile(join(template, file), join(folder, file));
  }
  const port = options.port ?? (await freePort());
  const { registration, extra } = options;
  await writeSettings({
    folder,
    port,
    ...(registration === undefined ? {} : { registration }),
    ...(extra === undefined ? {} : { extra }),
  });
  const url = `http://127.0.0.1:${port}`;
  let child = await spawnSynapse(venv.python, folder, url);
  const kill = (signal: NodeJS.Signals): Promise<void> => endProcess(child, signal);
  return {
    url,
    folder,
    get pid() {
      return child.pid ?? 0;
    },
    kill,
    restart: async (signal = "SIGTERM") => {
      await kill(signal);
      child = await spawnSynapse(venv.python, folder, url);
    },
    stop: async () => {
      await kill("SIGKILL");
      if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A stopped server's database and key, made once: starting on a copy saves making the schema. */
async function ensureTemplate(venv: SynapseVenv): Promise<string> {
  const template = join(venv.folder, "template");
  if (existsSync(template)) return template;
  const draft = await mkdtemp(join(venv.folder, "template-"));
  const port = await freePort();
  await writeSettings({ folder: draft, port });
  await generateKeys(venv, draft);
  const child: ChildProcess = await spawnSynapse(venv.python, draft, `http://127.0.0.1:${port}`);
  await endProcess(child, "SIGTERM");
  try {
    await rename(draft, template);
  } catch {
    await rm(draft, { recursive: true, force: true }); // another process was quicker
  }
  return template;
}

async function generateKeys(venv: SynapseVenv, folder: string): Promise<void> {
  const args = ["-m", "synapse.app.homeserver", "-c", join(folder, "homeserver.yaml"), "--generate-keys"];
  await promisify(execFile)(venv.python, args, { cwd: folder });
}
