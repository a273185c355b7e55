// Footbridge and a package of an adapter as npm would install them, without a registry: what is in a published package is built
// from the sources, and dependencies are those of the clone.

import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./run-program.ts";

const ROOT = join(import.meta.dirname, "../..");

/** Puts Footbridge into the folder's `node_modules`, as far as packages of others can import it, and all its dependencies. */
export async function installFootbridge(folder: string): Promise<void> {
  const modules = join(folder, "node_modules");
  const own = join(modules, "footbridge");
  mkdirSync(own, { recursive: true });
  for (const name of readdirSync(join(ROOT, "node_modules")))
    symlinkSync(join(ROOT, "node_modules", name), join(modules, name));
  cpSync(join(ROOT, "package.json"), join(own, "package.json"));
  const project = join(own, "tsconfig.json");
  writeFileSync(
    project,
    JSON.stringify({
      extends: join(ROOT, "tsconfig.json"),
      compilerOptions: {
        ...{ noEmit: false, declaration: true, rootDir: ROOT, outDir: join(own, "dist"), paths: {} },
        ...{ typeRoots: [join(ROOT, "node_modules/@types")] },
      },
      include: [],
      files: ["src/adapter/public.ts", "test/conformance.ts"].map((file) => join(ROOT, file)),
    }),
  );
  await run(join(modules, ".bin/tsc"), ["-p", project], own);
}

/**
 * Builds a package of the clone where Footbridge is installed, packs it, and installs what was packed.
 * @param folder where `installFootbridge` was.
 * @returns where the package's own sources lie.
 */
export async function installPackage(folder: string, name: string): Promise<string> {
  const source = join(folder, "sources", name);
  cpSync(join(ROOT, "examples", name), source, { recursive: true, filter: (path) => !path.endsWith("dist") });
  const modules = join(folder, "node_modules");
  await run(join(modules, ".bin/tsc"), ["-p", "tsconfig.build.json"], source);
  const packed = await run(
    "npm",
    ["pack", "--ignore-scripts", "--json", "--pack-destination", folder],
    source,
  );
  const [{ filename }]: [{ filename: string }] = JSON.parse(packed);
  const target = join(modules, name);
  mkdirSync(target);
  await run("tar", ["-xzf", join(folder, filename), "--strip-components=1", "-C", target], folder);
  return source;
}
