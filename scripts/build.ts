import { spawnSync } from "node:child_process";
import { cpSync, rmSync } from "node:fs";
import { extname, join } from "node:path";

// `npm run build`: dist/ for packages and images, since Node strips no types inside node_modules. A clone doesn't need it.

const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");
const FOLDERS = ["src", "adapters"];
/** What the compiler makes of them, and what is for readers of the sources. */
const LEFT = new Set([".ts", ".md"]);

rmSync(dist, { recursive: true, force: true });
const compiler = join(root, "node_modules/typescript/bin/tsc");
const { status } = spawnSync(process.execPath, [compiler, "-p", join(root, "tsconfig.build.json")], {
  stdio: "inherit",
});
if (status !== 0) process.exit(1);
for (const folder of FOLDERS) {
  // What is read at run time: Redis' scripts.
  cpSync(join(root, folder), join(dist, folder), {
    recursive: true,
    filter: (file) => !LEFT.has(extname(file)),
  });
}
