import { existsSync } from "node:fs";
import { homedir } from "node:os";
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
  const wanted = { NODE_IMAGE, BASE_IMAGE: DEBIAN_IMAGE, ...BUILD_ARGUMENTS };
  const values = Object.entries(wanted).flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]);
  // This machine's registry and what npm has already fetched of it: mounted for the build, and in no layer.
  const npmrc = join(homedir(), ".npmrc");
  const mounts = [
    "--volume",
    `${join(homedir(), ".npm")}:/root/.npm`,
    "--volume",
    "/etc/ssl/certs:/etc/ssl/certs:ro",
  ];
  const secret = existsSync(npmrc) ? ["--secret", `id=npmrc,src=${npmrc}`] : [];
  const how = ["--isolation", "chroot", "--network", "host", "--format", "docker", "--pull-never"];
  await store.buildah(
    "bud",
    ...how,
    "--layers",
    ...values,
    ...mounts,
    ...secret,
    "--tag",
    FOOTBRIDGE_IMAGE,
    ROOT,
  );
  return store;
}
