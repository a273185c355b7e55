import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { DEBIAN_IMAGE, imageBases, NODE_IMAGE } from "./base.ts";
import type { ImageStore } from "./buildah.ts";

const ROOT = join(import.meta.dirname, "../../..");

/** What the test builds. */
export const FOOTBRIDGE_IMAGE = "localhost/footbridge-test/footbridge";

/** What the build is told, to be found in the image. */
export const BUILD_ARGUMENTS = {
  VERSION: "0.0.0-test",
  REVISION: "0123456789abcdef0123456789abcdef01234567",
  CREATED: "2026-01-02T03:04:05Z",
} as const;

/** Builds the repository's Dockerfile as it is, on bases of this machine. */
export async function buildFootbridgeImage(cache: string): Promise<ImageStore> {
  const store = await imageBases(cache);
  await store.buildah("rm", "--all"); // those of a test that was killed
  const wanted = { NODE_IMAGE, BASE_IMAGE: DEBIAN_IMAGE, ...BUILD_ARGUMENTS };
  const values = Object.entries(wanted).flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]);
  // This machine's registry and what npm has already fetched of it: mounted for the build, and in no layer. npm asks for each of
  // some 500 packages whether there is news, which takes minutes, unless it is told not to.
  await mkdir(join(homedir(), ".npm"), { recursive: true });
  const work = await mkdtemp(join(tmpdir(), "footbridge-npmrc-"));
  const npmrc = join(work, "npmrc");
  const own = await readFile(join(homedir(), ".npmrc"), "utf8").catch(() => "");
  await writeFile(npmrc, `${own}\nprefer-offline=true\n`, { mode: 0o600 });
  const mounts = [`${join(homedir(), ".npm")}:/root/.npm`, "/etc/ssl/certs:/etc/ssl/certs:ro"];
  const given = [...mounts.flatMap((each) => ["--volume", each]), "--secret", `id=npmrc,src=${npmrc}`];
  const how = ["--isolation", "chroot", "--network", "host", "--format", "docker", "--pull-never"];
  try {
    await store.buildah("bud", ...how, ...values, ...given, "--tag", FOOTBRIDGE_IMAGE, ROOT);
  } finally {
    await rm(work, { recursive: true });
  }
  await store.buildah("rmi", "--prune"); // those of earlier builds
  return store;
}
