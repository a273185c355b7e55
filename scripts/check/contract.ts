import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, normalize, relative } from "node:path";
import { gte, inc } from "semver";
import { CONTRACT_VERSION } from "../../src/adapter/version.ts";
import { runProgram } from "./run.ts";

/** What other people's packages may import: `footbridge/adapter` and `footbridge/conformance`. */
const ENTRIES = ["src/adapter/public.ts", "test/conformance.ts"] as const;
/** What that was when the version was last raised. */
const RECORD = "src/adapter/contract.api.txt";
const VERSION_FILE = "src/adapter/version.ts";

/** A contract as it was written down. */
interface Contract {
  readonly version: string;
  /** The types that are shown, without comments. */
  readonly surface: string;
}

/** What became of comparing a contract with the one that was written down. */
type Comparison =
  | { readonly kind: "same" }
  /** It changed, and its version rose as it had to: the record can be written anew. */
  | { readonly kind: "stale" }
  | {
      readonly kind: "version";
      readonly least: string;
      readonly change: "added to" | "changed";
      readonly line: string;
    };

/**
 * Compares a contract with the one before by the rules of semver: what was only added to takes a minor version, whatever else a
 * major one. A machine can't tell whether a changed line breaks anybody, so it counts as if it did.
 */
export function compareContracts(before: Contract, now: Contract): Comparison {
  if (before.surface === now.surface) return { kind: before.version === now.version ? "same" : "stale" };
  const [old, fresh] = [before.surface.split("\n"), now.surface.split("\n")];
  const gone = firstMissing(old, fresh);
  const least = inc(before.version, gone === undefined ? "minor" : "major") ?? before.version;
  if (gte(now.version, least)) return { kind: "stale" };
  if (gone !== undefined) return { kind: "version", least, change: "changed", line: gone };
  return { kind: "version", least, change: "added to", line: firstMissing(fresh, old) ?? "" };
}

/** The first line of one that isn't in the other, in the same order. */
function firstMissing(lines: readonly string[], others: readonly string[]): string | undefined {
  let at = 0;
  for (const line of lines) {
    const found = others.indexOf(line, at);
    if (found < 0) return line;
    at = found + 1;
  }
  return undefined;
}

/**
 * Fails when what packages see of us has changed and its version hasn't.
 * @param write writes the record anew where the version has risen as it had to, or where there is none.
 */
export async function checkContract(root: string, write: boolean): Promise<readonly string[]> {
  const now: Contract = { version: CONTRACT_VERSION, surface: await surfaceOf(root) };
  const file = join(root, RECORD);
  const before = existsSync(file) ? read(readFileSync(file, "utf8")) : undefined;
  const result: Comparison = before === undefined ? { kind: "stale" } : compareContracts(before, now);
  if (result.kind === "same") return [];
  if (result.kind === "version") {
    const { least, change, line } = result;
    return [
      `${RECORD}: the contract with adapters was ${change} ("${line.trim()}"), and its version is ${CONTRACT_VERSION}:`,
      `make it ${least} in ${VERSION_FILE}, say in CHANGELOG.md what adapters have to do, then "npm run check -- --write"`,
    ];
  }
  if (!write) return [`${RECORD}: is not up to date: "npm run check -- --write" writes it`];
  writeFileSync(file, `contract ${now.version}\n\n${now.surface}`);
  return [];
}

function read(text: string): Contract {
  const [head = "", , ...surface] = text.split("\n");
  return { version: head.replace("contract ", ""), surface: surface.join("\n") };
}

/** All types that can be reached from the entries, as the compiler writes them. */
async function surfaceOf(root: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "footbridge-contract-"));
  try {
    const project = join(folder, "tsconfig.json");
    writeFileSync(project, JSON.stringify(declarations(root, folder)));
    const { code, output } = await runProgram(root, "tsc", ["-p", project]);
    if (code !== 0) throw new Error(`the contract can't be compiled: ${output}`);
    return reachable(folder)
      .map((file) => `// ${file}\n${ownText(readFileSync(join(folder, file), "utf8"))}`)
      .join("\n");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function declarations(root: string, outDir: string) {
  return {
    extends: join(root, "tsconfig.json"),
    compilerOptions: {
      ...{ noEmit: false, declaration: true, emitDeclarationOnly: true, removeComments: true },
      ...{
        rootDir: root,
        outDir,
        typeRoots: [join(root, "node_modules/@types")],
        allowImportingTsExtensions: true,
      },
    },
    include: [],
    files: ENTRIES.map((entry) => join(root, entry)),
  };
}

const FROM = /(?:from|import\()\s*"(\.[^"]+)"/g;

/** The declarations that the entries lead to, sorted, from the folder. */
function reachable(folder: string): readonly string[] {
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const [, to = ""] of readFileSync(join(folder, file), "utf8").matchAll(FROM))
      visit(normalize(join(dirname(file), to)).replace(/(?:\.d)?\.[tj]s$/, ".d.ts"));
  };
  for (const entry of ENTRIES) visit(entry.replace(/\.ts$/, ".d.ts"));
  return [...seen].map((file) => relative(".", file)).toSorted();
}

/** Imports are no part of what is shown: who uses what of it is seen where it is used. */
function ownText(text: string): string {
  return text.replaceAll(/^import .*;\n/gm, "");
}
