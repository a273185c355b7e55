// The two images that the Dockerfile is built on, where no registry of images is reached: Debian by debootstrap, made as small
// as Debian's own slim image, and the same with Node and npm as Node's own image has them.

import { execFile } from "node:child_process";
import {
  chmod,
  cp,
  glob,
  mkdir,
  mkdtemp,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import { ImageStore } from "./buildah.ts";

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "../../..");
/** The release of Debian's that the Dockerfile names. */
const RELEASE = "bookworm";

export const DEBIAN_IMAGE = `localhost/footbridge-test/debian:${RELEASE}`;
export const NODE_IMAGE = `localhost/footbridge-test/node:${RELEASE}`;

/** Gives a storage that has both images; made once for a cache (30 s, 500 MB), Node's anew when its version changed. */
export async function imageBases(cache: string): Promise<ImageStore> {
  const store = new ImageStore(cache);
  if (!(await store.has(DEBIAN_IMAGE))) await store.imageOf(DEBIAN_IMAGE, await debian(cache), "/");
  const node = `${NODE_IMAGE}-${process.versions.node}`;
  if (!(await store.has(node))) {
    const local = await mkdtemp(join(cache, "node-"));
    await nodeAndNpm(local);
    await store
      .imageOf(node, local, "/usr/local", DEBIAN_IMAGE)
      .finally(() => rm(local, { recursive: true }));
  }
  await store.buildah("tag", node, NODE_IMAGE);
  return store;
}

/** A folder with a Debian in it. */
async function debian(cache: string): Promise<string> {
  const ready = join(cache, `debian-${RELEASE}`);
  if (await exists(ready)) return ready;
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, "debootstrap-"));
  await run("debootstrap", ["--variant=minbase", RELEASE, work], { maxBuffer: 64e6 });
  await chmod(work, 0o755);
  for (const each of ["man", "info", "locale", "lintian"]) await empty(join(work, "usr/share", each));
  for (const each of ["cache", "log", "lib/apt/lists"]) await empty(join(work, "var", each));
  for await (const file of glob("usr/share/doc/*/**", { cwd: work, withFileTypes: true }))
    if (file.isFile() && file.name !== "copyright") await rm(join(file.parentPath, file.name));
  // As the image's own: what the Dockerfile installs brings no manuals either.
  const excluded = ["man", "info", "locale", "lintian", "doc"].map(
    (each) => `path-exclude /usr/share/${each}/*`,
  );
  const kept = "path-include /usr/share/doc/*/copyright";
  await writeFile(join(work, "etc/dpkg/dpkg.cfg.d/slim"), `${[...excluded, kept].join("\n")}\n`);
  await rename(work, ready);
  return ready;
}

/** What Node's image has under /usr/local: the Node of this clone, and the npm that installed it. */
async function nodeAndNpm(folder: string): Promise<void> {
  const npm = join(dirname(await realpath(await which("npm"))), "..");
  await mkdir(join(folder, "bin"));
  await cp(await realpath(join(ROOT, "node_modules/node/bin/node")), join(folder, "bin/node"));
  await chmod(join(folder, "bin/node"), 0o755);
  const target = join(folder, "lib/node_modules/npm");
  await cp(npm, target, { recursive: true, dereference: true });
  await symlink(relative(join(folder, "bin"), join(target, "bin/npm-cli.js")), join(folder, "bin/npm"));
  await chmod(join(target, "bin/npm-cli.js"), 0o755);
  await chmod(folder, 0o755);
}

async function which(program: string): Promise<string> {
  const { stdout } = await run("sh", ["-c", `command -v ${program}`]);
  return stdout.trim();
}

async function empty(folder: string): Promise<void> {
  for await (const each of glob("*", { cwd: folder })) await rm(join(folder, each), { recursive: true });
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
