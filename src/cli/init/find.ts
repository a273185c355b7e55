import { existsSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { valueAt } from "../../config/key-path.ts";
import { homeserverAt, nameOf } from "./lookup.ts";
import { serverNameIn } from "./server-name.ts";

/** Where a homeserver is looked for. */
export interface Places {
  /** Synapse's config files. */
  readonly files: readonly string[];
  /** Addresses of client APIs. */
  readonly urls: readonly string[];
  /** The compose.yaml that can be copied; undefined: there is none. */
  readonly compose: string | undefined;
}

/** Debian's package, its container image, a clone; on this machine, and by the name that compose files give it. */
export const usualPlaces = (): Places => ({
  files: [
    "/etc/matrix-synapse/homeserver.yaml",
    "/etc/synapse/homeserver.yaml",
    "/data/homeserver.yaml",
    "homeserver.yaml",
  ],
  urls: ["http://127.0.0.1:8008", "http://synapse:8008", "https://127.0.0.1:8448"],
  compose: composeSource(),
});

/** The compose file of this installation (in a clone, and in the package from npm); undefined: it has none. */
function composeSource(): string | undefined {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, "package.json")) && dirname(folder) !== folder) folder = dirname(folder);
  const path = join(folder, "packaging/compose.yaml");
  return existsSync(path) ? path : undefined;
}

/** Synapse's config file. */
export interface SynapseFile {
  readonly path: string;
  /** Whose it is; undefined where that has no meaning. */
  readonly uid: number | undefined;
  readonly readable: boolean;
  /** The registration files that it names, as they stand there. */
  readonly registrations: readonly string[];
}

/** What was found of a homeserver; each of it may be wrong, so it is proposed and not taken. */
export interface Found {
  readonly file?: SynapseFile;
  readonly url?: string;
  readonly serverName?: string;
}

/** Looks for a homeserver. Never throws: what can't be read wasn't found. */
export async function findHomeserver(places: Pick<Places, "files" | "urls">): Promise<Found> {
  const read = await firstFile(places.files);
  const own = read?.url === undefined ? [] : [read.url];
  const url = await firstAnswering([...own, ...places.urls]);
  const serverName = read?.serverName ?? (url === undefined ? undefined : await nameOf(url));
  const likely = url ?? own[0];
  return {
    ...(read === undefined ? {} : { file: read.file }),
    ...(likely === undefined ? {} : { url: likely }),
    ...(serverName === undefined ? {} : { serverName }),
  };
}

async function firstAnswering(urls: readonly string[]): Promise<string | undefined> {
  const answers = await Promise.all(urls.map(async (url) => ({ url, is: await homeserverAt(url) })));
  return answers.find(({ is }) => is === "homeserver")?.url;
}

interface ReadFile {
  readonly file: SynapseFile;
  readonly url: string | undefined;
  readonly serverName: string | undefined;
}

async function firstFile(paths: readonly string[]): Promise<ReadFile | undefined> {
  for (const path of paths) {
    const there = await stat(path).catch(() => undefined);
    if (there?.isFile() !== true) continue;
    const uid = process.getuid === undefined ? undefined : there.uid;
    const settings = await settingsOf(path);
    return {
      file: { path, uid, readable: settings !== undefined, registrations: registrationsOf(settings) },
      url: urlOf(settings),
      serverName: serverNameIn(valueAt(settings, ["server_name"])),
    };
  }
  return undefined;
}

/** With what Debian's package keeps beside it (conf.d), whose keys take the place of the file's. */
async function settingsOf(path: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  const folder = join(dirname(path), "conf.d");
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".yaml")).sort();
  const parts = await Promise.all([path, ...names.map((name) => join(folder, name))].map(readYaml));
  const all = parts.flatMap((part) => (part === undefined ? [] : [part]));
  return all.length === 0 ? undefined : Object.assign({}, ...all);
}

async function readYaml(path: string): Promise<object | undefined> {
  try {
    const content: unknown = parse(await readFile(path, "utf8"), { logLevel: "error" });
    return typeof content === "object" && content !== null ? content : undefined;
  } catch {
    return undefined;
  }
}

function registrationsOf(settings: unknown): readonly string[] {
  const files = valueAt(settings, ["app_service_config_files"]);
  return Array.isArray(files) ? files.filter((file) => typeof file === "string") : [];
}

/** Of the first listener that serves clients in clear: one with TLS has a name that isn't known here. */
function urlOf(settings: unknown): string | undefined {
  const listeners = valueAt(settings, ["listeners"]);
  const fit = (Array.isArray(listeners) ? listeners : []).find(
    (each: unknown) => valueAt(each, ["tls"]) !== true && servesClients(each),
  );
  const port = valueAt(fit, ["port"]);
  if (typeof port !== "number") return undefined;
  const addresses = valueAt(fit, ["bind_addresses"]);
  const bound: unknown = Array.isArray(addresses) ? addresses[0] : undefined;
  const host = serverNameIn(bound); // an address has the shape of one, too
  const isAll = host === undefined || ["0.0.0.0", "::", "::1", "localhost"].includes(host);
  return `http://${isAll ? "127.0.0.1" : host}:${port}`;
}

function servesClients(listener: unknown): boolean {
  const resources = valueAt(listener, ["resources"]);
  return (Array.isArray(resources) ? resources : []).some((resource: unknown) => {
    const names = valueAt(resource, ["names"]);
    return Array.isArray(names) && names.includes("client");
  });
}
