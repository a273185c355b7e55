import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { Finding } from "../../../src/adapter/index.ts";
import type { MatrixConfig } from "../config.ts";
import { isRecord, listAt, recordAt, textAt } from "../json.ts";
import { namesOf } from "../names.ts";
import { registrationOf } from "../registration.ts";
import { readYaml, type ServerFile } from "./homeserver-file.ts";
import { type Deps, problem, WRITE_AGAIN, warning } from "./step.ts";

const CHECK = "registration file";
/** The rights of those who are neither the owner nor of the group: the homeserver may read it by its group. */
const STRANGERS = 0o007;
/** So many YAML files of a folder are looked into. */
const MOST_FILES = 50;
/** A localpart of the bridge's that nobody has, and one of somebody else. */
const GHOST = "doctor";
const SOMEBODY = "doctor.is.no.ghost";

interface RegistrationFile {
  readonly path: string;
  readonly content: Readonly<Record<string, unknown>>;
}

/**
 * Compares our registration's files, those that lie beside our config and those that the homeserver's config names, with what
 * our config needs. Where there is none to be read, what the homeserver says by itself has to do.
 */
export async function checkRegistrationFiles(
  { config, around }: Deps,
  server: ServerFile,
): Promise<readonly Finding[]> {
  const paths = new Set([...(await beside(around.folder)), ...namedBy(server)]);
  const files: RegistrationFile[] = [];
  for (const path of paths) {
    const content = await readYaml(path);
    if (typeof content !== "string" && isOurs(content, config)) files.push({ path, content });
  }
  const findings = await Promise.all(files.map((file) => compare(file, config)));
  return findings.flat();
}

async function beside(folder: string): Promise<readonly string[]> {
  try {
    const names = (await readdir(folder)).filter((name) => /\.ya?ml$/.test(name)).toSorted();
    return names.slice(0, MOST_FILES).map((name) => join(folder, name));
  } catch {
    return []; // the config came from elsewhere
  }
}

function namedBy(server: ServerFile): readonly string[] {
  if (server.kind !== "found") return [];
  const named = listAt(server.settings, "app_service_config_files");
  return named.flatMap((path) => (typeof path === "string" ? resolve(dirname(server.path), path) : []));
}

/** By its id or its token: either may be what is wrong. */
function isOurs(content: RegistrationFile["content"], { appservice }: MatrixConfig): boolean {
  if (!("as_token" in content) || !("hs_token" in content)) return false;
  return content.id === appservice.id || content.as_token === appservice.asToken.expose();
}

async function compare(
  { path, content }: RegistrationFile,
  config: MatrixConfig,
): Promise<readonly Finding[]> {
  const name = basename(path);
  const { mode } = await stat(path);
  const isOpen = (mode & STRANGERS) !== 0;
  const wrong = [
    ...(isOpen
      ? [warning(CHECK, "everybody on this machine may read its tokens", `run chmod o= ${name}`)]
      : []),
    ...values(content, config),
    ...namespaces(content, config),
    ...flags(content),
  ].map((finding) => ({ ...finding, found: `${name}: ${finding.found}` }));
  if (wrong.length > 0) return wrong;
  return [{ check: CHECK, status: "ok", found: `${name} is as the config needs it` }];
}

const SAME = "make both the same, load the file and restart the homeserver";

function values(content: RegistrationFile["content"], config: MatrixConfig): readonly Finding[] {
  const wanted = registrationOf(config);
  const keys = [
    ["id", "appservice.id"],
    ["as_token", "appservice.asToken"],
    ["hs_token", "appservice.hsToken"],
  ] as const;
  const differ = keys.filter(([theirs]) => content[theirs] !== wanted[theirs]);
  const findings = differ.map(([theirs, ours]) => problem(CHECK, `its ${theirs} isn't ${ours}`, SAME));
  const url = textAt(content, "url");
  if (url === undefined) {
    const found = "it has no url, so that the homeserver tells us nothing";
    findings.push(problem(CHECK, found, WRITE_AGAIN));
  } else if (withoutSlash(url) !== withoutSlash(wanted.url)) {
    // The one in use may be right: a proxy's, or a container's name. Whether it leads to us, the way back says.
    const found =
      "its url isn't the one of the config (appservice.url, else appservice.bind and appservice.port)";
    const remedy = `give appservice.url the one under which the homeserver reaches us; ${WRITE_AGAIN}`;
    findings.push(warning(CHECK, found, remedy));
  }
  if (content.sender_localpart === config.bot) {
    const remedy = `give it one that is never used (${config.ghostPrefix}sender): Synapse refuses /sync to the sender`;
    findings.push(problem(CHECK, "its sender_localpart is the bot", remedy));
  }
  return findings;
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, "");
}

/** What a name of ours is checked by, and whether it is ours alone. */
function namespaces(content: RegistrationFile["content"], config: MatrixConfig): readonly Finding[] {
  const names = namesOf(config);
  const groups = recordAt(content, "namespaces");
  const wanted = [
    ["users", "bot", names.bot],
    ["users", "ghosts", names.ghost(GHOST)],
    ["aliases", "ghosts' rooms", names.alias(GHOST)],
  ] as const;
  const findings = wanted.flatMap(([group, whose, name]) => {
    const entry = listAt(groups, group).find((one) => fits(one, name));
    if (entry === undefined) return problem(CHECK, `its namespaces.${group} lack the ${whose}`, WRITE_AGAIN);
    if (isRecord(entry) && entry.exclusive === true) return [];
    return warning(CHECK, `its namespaces.${group} let others have the names of the ${whose}`, WRITE_AGAIN);
  });
  const foreign = `@${SOMEBODY}:${config.homeserver.name}`;
  if (!listAt(groups, "users").some((one) => fits(one, foreign))) return findings;
  const found = "its namespaces.users take in people who aren't the bridge's";
  return [...findings, problem(CHECK, found, WRITE_AGAIN)];
}

/** As Python's `re.match`, which begins at the start. */
function fits(entry: unknown, name: string): boolean {
  const regex = textAt(entry, "regex");
  if (regex === undefined) return false;
  try {
    return new RegExp(`^(?:${regex})`).test(name);
  } catch {
    return false; // a homeserver wouldn't start with it
  }
}

const EPHEMERAL = ["receive_ephemeral", "de.sorunome.msc2409.push_ephemeral"];

function flags(content: RegistrationFile["content"]): readonly Finding[] {
  const findings: Finding[] = [];
  const set = "load it and restart the homeserver";
  if (content.rate_limited !== false) {
    const found = "it has no rate_limited: false, so that texts wait when there are many";
    findings.push(warning(CHECK, found, `add that, ${set}`));
  }
  const missing = EPHEMERAL.filter((flag) => content[flag] !== true);
  if (missing.length > 0) {
    const found = `it has no ${missing.join(": true and no ")}: true, so that typing and read receipts may not come`;
    findings.push(warning(CHECK, found, `add that, ${set}`));
  }
  if (content["org.matrix.msc3202"] === true) {
    const found = "it has org.matrix.msc3202: true, so that keys come twice";
    findings.push(warning(CHECK, found, `take that out, ${set}`));
  }
  return findings;
}
