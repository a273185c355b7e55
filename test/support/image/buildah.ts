// buildah with a storage of its own, so that no image of this machine is touched or used.

import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
/** Builds print much. */
const MOST_OUTPUT = 64e6;

/** What `buildah inspect` says of an image in Docker's format, as far as it is looked at here. */
export interface ImageConfig {
  readonly User: string;
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
  readonly Cmd: readonly string[];
  readonly WorkingDir: string;
  readonly Volumes: Readonly<Record<string, object>>;
  readonly Labels: Readonly<Record<string, string>>;
  readonly StopSignal: string;
  readonly Healthcheck: { readonly Test: readonly string[] };
}

/** A storage of images in a folder, for one process at a time. */
export class ImageStore {
  readonly #where: readonly string[];
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.#where = ["--root", join(folder, "storage"), "--runroot", join(folder, "run")];
  }

  /** Runs buildah; gives what it printed. @throws with its last words when it fails. */
  async buildah(...args: readonly string[]): Promise<string> {
    await mkdir(this.#folder, { recursive: true });
    try {
      const { stdout } = await run("buildah", [...this.#where, ...args], { maxBuffer: MOST_OUTPUT });
      return stdout.trim();
    } catch (error) {
      const words = error instanceof Error && "stderr" in error ? String(error.stderr) : String(error);
      const last = words.trimEnd().split("\n").slice(-15).join("\n");
      throw new Error(`buildah ${args[0]} failed:\n${last}`, { cause: error });
    }
  }

  async has(image: string): Promise<boolean> {
    return this.buildah("inspect", "--type", "image", "--format", "{{.FromImageID}}", image).then(
      () => true,
      () => false,
    );
  }

  /** A new image of a folder's content, on top of another or of nothing (`scratch`). */
  async imageOf(image: string, folder: string, target: string, from = "scratch"): Promise<void> {
    const container = await this.buildah("from", "--pull-never", from);
    try {
      await this.buildah("add", "--quiet", container, folder, target);
      await this.buildah("commit", "--quiet", container, image);
    } finally {
      await this.buildah("rm", container);
    }
  }

  async configOf(image: string): Promise<ImageConfig> {
    const inspected = await this.buildah("inspect", "--type", "image", image);
    const { Docker }: { Docker: { config: ImageConfig } } = JSON.parse(inspected); // of the build's own format
    return Docker.config;
  }

  /** In octets, as `buildah images` counts: its layers, unpacked. */
  async sizeOf(image: string): Promise<number> {
    const [found]: { size: string }[] = JSON.parse(await this.buildah("images", "--json", image));
    const [, number, unit = ""] = /^([\d.]+) ?(\w+)$/.exec(found?.size ?? "") ?? [];
    const units: Readonly<Record<string, number>> = { B: 1, KB: 1e3, MB: 1e6, GB: 1e9 };
    return Number(number) * (units[unit.toUpperCase()] ?? Number.NaN);
  }
}
