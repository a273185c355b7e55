import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { isRecord } from "../json.ts";
import type { Deps } from "./step.ts";

/** Where packages and the container image of Synapse keep it, and where people put it who run both side by side. */
const USUAL = ["/etc/matrix-synapse/homeserver.yaml", "/data/homeserver.yaml"];
const BESIDE = ["homeserver.yaml", "synapse/homeserver.yaml", "data/homeserver.yaml"];
/** Longer files are none of ours. */
const MOST_OCTETS = 1_024 * 1_024;

/** What was found of Synapse's own config. */
export type ServerFile =
  | { readonly kind: "found"; readonly path: string; readonly settings: Readonly<Record<string, unknown>> }
  /** None is where it may be. */
  | { readonly kind: "none" }
  /** One was named that is of no use. `of-another`: its server_name isn't ours. */
  | { readonly kind: "unusable"; readonly why: "missing" | "forbidden" | "no-yaml" | "of-another" };

/** Finds `homeserver.yaml`: the one that was named, or one in a usual place that is of our homeserver. Never throws. */
export async function findServerFile({ config, around }: Deps): Promise<ServerFile> {
  const { name } = config.homeserver;
  if (around.serverConfig !== undefined) return open(around.serverConfig, name);
  for (const path of [...BESIDE.map((one) => join(around.folder, one)), ...USUAL]) {
    const file = await open(path, name);
    if (file.kind === "found") return file;
  }
  return { kind: "none" };
}

async function open(path: string, name: string): Promise<ServerFile> {
  const file = await readYaml(path);
  if (typeof file === "string") return { kind: "unusable", why: file };
  const settings: Record<string, unknown> = { ...file };
  for (const part of await partsOf(path)) Object.assign(settings, part);
  if (settings.server_name !== name) return { kind: "unusable", why: "of-another" };
  return { kind: "found", path, settings };
}

/** Debian's package puts its answers into `conf.d/`, which Synapse reads after the main file, in order. */
async function partsOf(path: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const folder = join(dirname(path), "conf.d");
  let names: readonly string[];
  try {
    names = (await readdir(folder)).filter((name) => name.endsWith(".yaml")).toSorted();
  } catch {
    return []; // it isn't Debian's
  }
  const read = await Promise.all(names.map((name) => readYaml(join(folder, name))));
  return read.filter((part) => typeof part !== "string");
}

/** A YAML file with a group of keys; else why there is none. Never throws. */
export async function readYaml(
  path: string,
): Promise<Readonly<Record<string, unknown>> | "missing" | "forbidden" | "no-yaml"> {
  let text: string;
  try {
    if ((await stat(path)).size > MOST_OCTETS) return "no-yaml";
    text = await readFile(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    return code === "EACCES" || code === "EPERM" ? "forbidden" : "missing";
  }
  try {
    const content: unknown = parse(text, { logLevel: "silent" });
    return isRecord(content) ? content : "no-yaml";
  } catch {
    return "no-yaml"; // its message might quote a secret
  }
}
