import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The version that all figures in the documents were taken with. */
export const SYNAPSE_VERSION = "1.163.2";

/** The folder that is used when none is given: under the repository's git-ignored `.cache/`. */
export const DEFAULT_CACHE = join(import.meta.dirname, "../../../.cache/synapse");

/** A Python that has Synapse. */
export interface SynapseVenv {
  readonly python: string;
  /** Where templates for this version are kept. */
  readonly folder: string;
}

/**
 * The cached virtual environment with Synapse, made once (half a minute, 250 MB, PyPI only) and shared by all test files.
 * It is made beside its place and moved there when it is whole, so that a broken-off try leaves nothing that looks done.
 * @throws Error that names `python3-venv` when Python can't make one.
 */
export async function synapseVenv(cache: string = DEFAULT_CACHE): Promise<SynapseVenv> {
  const folder = join(cache, SYNAPSE_VERSION);
  const python = join(folder, "venv/bin/python");
  if (!existsSync(join(folder, "venv/ready"))) await make(folder);
  return { python, folder };
}

async function make(folder: string): Promise<void> {
  const venv = join(folder, "venv");
  await mkdir(folder, { recursive: true });
  const lock = join(folder, "making");
  if (!(await taken(lock))) {
    await waitUntilReady(join(venv, "ready"), lock);
    return;
  }
  try {
    await rm(venv, { recursive: true, force: true });
    // Not moved afterwards: a venv's scripts hold its path. `ready` says that it is whole.
    await run("python3", ["-m", "venv", venv]);
    const pip = ["-m", "pip", "install", "-q", "--disable-pip-version-check", "--only-binary", ":all:"];
    await run(join(venv, "bin/python"), [...pip, `matrix-synapse==${SYNAPSE_VERSION}`], { timeout: 600_000 });
    await writeFile(join(venv, "ready.tmp"), SYNAPSE_VERSION);
    await rename(join(venv, "ready.tmp"), join(venv, "ready"));
  } catch (error) {
    throw new Error("Synapse couldn't be installed: Python 3.10 or later with python3-venv is needed", {
      cause: error,
    });
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

/** Takes the lock; false when somebody else has it. */
async function taken(lock: string): Promise<boolean> {
  try {
    await mkdir(lock);
    return true;
  } catch {
    return false;
  }
}

async function waitUntilReady(ready: string, lock: string): Promise<void> {
  const until = Date.now() + 300_000;
  while (!existsSync(ready)) {
    if (!existsSync(lock)) throw new Error("another process failed to install Synapse: look at its output");
    if (Date.now() > until) {
      throw new Error(`Synapse isn't installed after 5 minutes: remove ${lock} if nobody is at it`);
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
