import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkContract } from "./check/contract.ts";
import { checkExports } from "./check/exports.ts";
import { checkLength, checkPlaces, ourFiles } from "./check/files.ts";
import { checkImports } from "./check/imports.ts";
import { runProgram } from "./check/run.ts";
import { lastTally } from "./tally.ts";

// `npm run check`: everything that a reviewer would ask of a machine. One line for each check; what failed says why. The
// last line is "N passed, N failed": checks and fast tests together. --write mends what can be mended.

const root = join(import.meta.dirname, "..");
const write = process.argv.includes("--write");

/** A check gives what is wrong, one line each; nothing when all is well. */
interface Check {
  readonly name: string;
  run(): Promise<readonly string[]> | readonly string[];
}

const files = ourFiles(root);
const sources = files.filter((file) => file.endsWith(".ts"));

const CHECKS: readonly Check[] = [
  { name: "format and lint", run: () => program("biome", ["check", ...(write ? ["--write"] : []), "."]) },
  { name: "types", run: () => program("tsc", ["-p", "."]) },
  { name: "import direction and circles", run: () => checkImports(root, sources, packages()) },
  { name: "exports that nobody imports", run: () => checkExports(root, sources) },
  { name: "contract with adapters", run: () => checkContract(root, write) },
  { name: "file length", run: () => checkLength(root, files) },
  { name: "nothing outside the clone", run: () => checkPlaces(root, files) },
  { name: "generated documents", run: generated },
];

/** Loaded late: it reads the product's schemas, and a product that doesn't load is a problem to report, not the end. */
async function generated(): Promise<readonly string[]> {
  const { checkGenerated, GENERATED } = await import("./check/generated.ts");
  if (write) for (const { file, make } of GENERATED) writeFileSync(join(root, file), make());
  return checkGenerated(root);
}

async function program(name: string, args: readonly string[]): Promise<readonly string[]> {
  const { code, output } = await runProgram(root, name, args);
  return code === 0 ? [] : output.trimEnd().split("\n");
}

function packages(): { runtime: string[]; development: string[] } {
  const file: { dependencies?: object; devDependencies?: object } = JSON.parse(
    readFileSync(join(root, "package.json"), "utf8"),
  );
  return {
    runtime: Object.keys(file.dependencies ?? {}),
    development: [...Object.keys(file.devDependencies ?? {}), "vite"],
  };
}

/** Not by the console: what is loaded of the product closes it. */
const say = (line: string): void => void process.stdout.write(`${line}\n`);

let passed = 0;
let failed = 0;
for (const { name, run } of CHECKS) {
  const begin = performance.now();
  const problems = await Promise.resolve()
    .then(run)
    .catch((error: unknown) => [String(error)]);
  const seconds = ((performance.now() - begin) / 1_000).toFixed(1);
  if (problems.length === 0) passed += 1;
  else failed += 1;
  say(`${problems.length === 0 ? "ok    " : "FAILED"}  ${name} (${seconds} s)`);
  for (const problem of problems) say(`        ${problem}`);
}

say("\nfast tests");
const tests = await runProgram(root, "vitest", ["run", "--project", "fast"], (text) =>
  process.stdout.write(text),
);
const tally = lastTally(tests.output, tests.code);
passed += tally.passed;
failed += tally.failed;
say(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
