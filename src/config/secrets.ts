import { dirname, resolve } from "node:path";
import { Sensitive } from "../model/sensitive.ts";
import { describeKind } from "./describe.ts";
import { decodeUtf8, describeReadFailure, type ReadFile } from "./files.ts";
import { type KeyPath, printPath } from "./key-path.ts";
import type { Problem } from "./problem.ts";
import type { Place, Source } from "./source.ts";

/** The environment as it is passed in. */
export type Env = Readonly<Record<string, string | undefined>>;

/** What the resolver needs. */
interface SecretSources {
  /** The config file: paths of secrets are relative to its folder. */
  readonly file: string;
  readonly env: Env;
  readonly readFile: ReadFile;
}

/** Something that works and that the operator should know of. One sentence, without any secret. */
interface Warning {
  readonly place: Place;
  readonly key: string;
  readonly text: string;
}

/** The config with its secrets resolved. */
interface Resolved {
  readonly data: unknown;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Warning[];
  /** The files that secrets came from. */
  readonly files: readonly { readonly key: string; readonly path: string }[];
  /** Where a secret couldn't be had: what else is found there is a consequence. */
  readonly failed: readonly KeyPath[];
}

const ENV_NAME = /^[A-Z_][A-Z0-9_]{0,63}$/;
/** Certificates stand in files too, and everybody may read them. */
const PUBLIC = ["ca", "cert"];
const MOST_OCTETS = 64 * 1_024;

type Answer =
  | { readonly value: string; readonly path?: string; readonly warning?: string }
  | Omit<Problem, "key" | "line" | "column">;

/** Puts `Sensitive` texts in the place of all `{file: PATH}` and `{env: NAME}`, wherever they stand. */
export function resolveSecrets(source: Source, sources: SecretSources): Resolved {
  const problems: Problem[] = [];
  const warnings: Warning[] = [];
  const failed: KeyPath[] = [];
  const files: { key: string; path: string }[] = [];
  const walk = (value: unknown, path: KeyPath): unknown => {
    if (Array.isArray(value)) return value.map((item, index) => walk(item, [...path, index]));
    if (typeof value !== "object" || value === null) return value;
    const reference = asReference(value);
    if (reference === undefined) {
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, walk(item, [...path, key])]),
      );
    }
    const answer = lookUp(reference, sources);
    const key = printPath(path);
    if ("value" in answer) {
      if (answer.path !== undefined) files.push({ key, path: answer.path });
      if (answer.warning !== undefined && !PUBLIC.includes(String(path.at(-1)))) {
        warnings.push({ place: source.placeOfKey(path), key, text: answer.warning });
      }
      return new Sensitive(answer.value);
    }
    problems.push({ ...source.placeOfKey(path), key, ...answer });
    failed.push(path);
    return new Sensitive("?");
  };
  return { data: walk(source.data, []), problems, warnings, files, failed };
}

interface Reference {
  readonly kind: "file" | "env";
  readonly name: unknown;
}

function asReference(value: object): Reference | undefined {
  const entries = Object.entries(value);
  const [kind, name] = entries[0] ?? [];
  if (entries.length !== 1 || (kind !== "file" && kind !== "env")) return undefined;
  if (typeof name === "object" && name !== null) return undefined; // an account may be called so
  return { kind, name };
}

function lookUp({ kind, name }: Reference, sources: SecretSources): Answer {
  return kind === "env" ? fromEnv(name, sources.env) : fromFile(name, sources);
}

function fromEnv(name: unknown, env: Env): Answer {
  if (typeof name !== "string" || !ENV_NAME.test(name)) {
    // not shown: somebody may have put the secret itself here
    return {
      found: `${describeKind(name)} as the name`,
      expected: "the name of an environment variable: TOKEN",
    };
  }
  const value = env[name];
  if (value === undefined || value === "") {
    return {
      found: `an environment variable ${name} that is ${value === undefined ? "not set" : "empty"}`,
      expected: "a secret in it",
      hint: `set ${name} where footbridge is started`,
    };
  }
  return { value };
}

function fromFile(name: unknown, sources: SecretSources): Answer {
  if (typeof name !== "string" || name === "" || name.includes("\0")) {
    return {
      found: `${describeKind(name)} as the path`,
      expected: "the path of a file that holds the secret",
    };
  }
  const path = resolve(dirname(sources.file), name);
  let content: ReturnType<ReadFile>;
  try {
    content = sources.readFile(path);
  } catch (error) {
    return {
      found: `${describeReadFailure(error)} at ${name}`,
      expected: "a readable file that holds the secret",
      hint: "a relative path begins at the config file's folder",
    };
  }
  if (content.bytes.length > MOST_OCTETS) {
    return { found: `more than 64 KiB in ${name}`, expected: "a file that holds the secret alone" };
  }
  const value = decodeUtf8(content.bytes)?.replace(/\r?\n$/, "");
  if (value === undefined) return { found: `octets that are no UTF-8 in ${name}`, expected: "a text" };
  if (value === "") return { found: `nothing in ${name}`, expected: "a secret" };
  if ((content.mode & 0o077) === 0) return { value, path };
  return { value, path, warning: `others on this machine may read ${name}; "chmod 600" closes it` };
}
