// The repository's Dockerfile, built by buildah on a Debian of this machine's making, and run as an operator runs it: as its user,
// on a read-only tree, without any capability. The servers of the networks are loopback ones.

import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { canRun, IMAGE_CACHE } from "../../scripts/testing/peers.ts";
import type { ImageConfig, ImageStore } from "../support/image/buildah.ts";
import { Container } from "../support/image/container.ts";
import { listFiles } from "../support/image/files.ts";
import {
  BUILD_ARGUMENTS,
  buildFootbridgeImage,
  FOOTBRIDGE_IMAGE,
} from "../support/image/footbridge-image.ts";
import { TwoParties, until } from "../support/two-parties.ts";

const STATE = "/var/lib/footbridge";
/** Its user's own; a new volume gets the owner of what is there. */
const OWN_FOLDERS = [STATE, "/var/lib/footbridge-journal"];

describe.runIf(canRun("image"))("the image", () => {
  const folder = mkdtempSync(join(tmpdir(), "footbridge-image-"));
  const state = join(folder, "state");
  let store: ImageStore;
  let mounted: string;
  let name: string;
  let image: ImageConfig;
  let parties: TwoParties;
  let container: Container;

  beforeAll(async () => {
    store = await buildFootbridgeImage(IMAGE_CACHE);
    image = await store.configOf(FOOTBRIDGE_IMAGE);
    name = await store.buildah("from", "--pull-never", FOOTBRIDGE_IMAGE);
    mounted = await store.buildah("mount", name);
    parties = await TwoParties.start();
    writeConfig();
    // An engine gives a new volume the owner and mode of the image's folder.
    const { uid, gid, mode } = statSync(join(mounted, STATE));
    mkdirSync(state, { mode });
    chownSync(state, uid, gid);
    container = await start();
  }, 600_000);

  afterAll(async () => {
    container?.kill();
    await parties?.stop();
    if (name !== undefined) {
      await store.buildah("umount", name);
      await store.buildah("rm", name);
    }
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  function writeConfig(): void {
    const secrets = { asToken: { file: "as-token" }, hsToken: { env: "HS_TOKEN" } };
    const config = { state: STATE, ...parties.config(secrets) };
    const place = join(folder, "etc");
    mkdirSync(place);
    const files = { "config.yaml": stringify(config), "as-token": `${parties.asToken}\n` };
    for (const [file, text] of Object.entries(files)) {
      writeFileSync(join(place, file), text, { mode: 0o400 });
      chownSync(join(place, file), 10_001, 10_001);
    }
  }

  const start = (): Promise<Container> =>
    Container.start({
      root: mounted,
      image,
      volumes: { [STATE]: state },
      readOnly: { "/etc/footbridge": join(folder, "etc") },
      env: { HS_TOKEN: parties.hsToken },
    });
  const health = () => container.exec(...image.Healthcheck.Test.slice(1));
  const becomesHealthy = () =>
    until("it is healthy", async () => ((await health()).code === 0 ? true : undefined));
  const processOf = (program: string) => {
    const found = container.processes().find((each) => each.name === program);
    if (found === undefined) throw new Error(`found no ${program} in the container`);
    return found;
  };

  test("is healthy, and carries a text each way", async () => {
    await becomesHealthy();
    await parties.talk("Is the bike still there?", "Yes, come by");
    const { code, output } = await container.exec("footbridge", "status");
    expect([code, output]).toEqual([0, expect.stringContaining("connected")]);
  });

  test("runs as its own user, with no capability and no way to one, and can write to its state alone", async () => {
    for (const { pid, name: program } of container.processes()) {
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      expect(status, program).toMatch(/^Uid:\t10001\t10001\t10001\t10001$/m);
      expect(status, program).toMatch(/^Groups:\s*$/m);
      expect(status, program).toMatch(/^NoNewPrivs:\t1$/m);
      for (const set of ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"])
        expect(status, program).toMatch(new RegExp(`^${set}:\\t0+$`, "m"));
    }
    expect((await container.exec("sh", "-c", `echo x >${STATE}/mine && rm ${STATE}/mine`)).code).toBe(0);
    for (const place of ["/", "/tmp", "/var/tmp", "/run", "/opt/footbridge", "/etc/footbridge", "/dev"])
      expect((await container.exec("sh", "-c", `echo x >${place}/mine`)).code, place).not.toBe(0);
  });

  test("is unhealthy while its Redis answers nothing, and well again after that was killed", async () => {
    const { pid } = processOf("redis-server");
    process.kill(pid, "SIGSTOP");
    await until("it is unhealthy", async () => ((await health()).code === 1 ? true : undefined));
    process.kill(pid, "SIGKILL");
    await becomesHealthy();
    expect(processOf("redis-server").pid).not.toBe(pid);
    await parties.talk("Are you still there?", "I am");
  }, 60_000);

  test("ends in order when an engine stops it, and goes on where it was in a new container", async () => {
    expect(image.StopSignal).toBe("SIGTERM");
    expect(await container.stop()).toBe(0);
    expect(container.output()).toContain('"event":"daemon.stopped"');
    const late = parties.leoWrites("Sent while it was away");
    container = await start();
    await late;
    await becomesHealthy();
    await parties.aliceReads("Sent while it was away");
    await parties.talk("And now?", "Now too");
    expect(parties.chats()).toBe(1);
  }, 60_000);

  test("says what it is, and that it runs as a user by number", () => {
    expect(image.User).toBe("10001:10001");
    expect(image.Labels).toMatchObject({
      "org.opencontainers.image.version": BUILD_ARGUMENTS.VERSION,
      "org.opencontainers.image.revision": BUILD_ARGUMENTS.REVISION,
      "org.opencontainers.image.created": BUILD_ARGUMENTS.CREATED,
      "org.opencontainers.image.licenses": "GPL-3.0-or-later",
    });
    expect(Object.keys(image.Volumes)).toEqual([STATE]);
    expect(image.Healthcheck.Test[0]).toBe("CMD");
  });

  test("has no file with the rights of another user, and none that its user could write", () => {
    const files = listFiles(mounted);
    expect(files.length).toBeGreaterThan(1_000);
    const borrowed = files.filter(({ mode }) => (mode & 0o6000) !== 0);
    const writable = files.filter(({ mode, uid, path }) =>
      uid === 10_001 ? !OWN_FOLDERS.includes(path) : (mode & 0o0002) !== 0,
    );
    expect(borrowed.filter(({ isFile }) => isFile)).toEqual([]);
    // Folders with the sticky bit are everybody's on any Debian; a read-only tree closes them as well.
    expect(writable.filter(({ mode, isFile }) => isFile || (mode & 0o1000) === 0)).toEqual([]);
  });

  test("has what runs and nothing of what only builds", () => {
    const place = join(mounted, "opt/footbridge");
    for (const each of [
      "src",
      "test",
      "scripts",
      "node_modules/typescript",
      "node_modules/vitest",
      "node_modules/.bin",
    ])
      expect(existsSync(join(place, each)), each).toBe(false);
    for (const each of ["@biomejs", "@types", "node", "fast-check", "matrix-js-sdk", "@img/sharp-linux-x64"])
      expect(existsSync(join(place, "node_modules", each)), each).toBe(false);
    for (const each of ["npm", "npx", "yarn", "gcc", "python3", "curl"])
      for (const bin of ["usr/local/bin", "usr/bin"])
        expect(existsSync(join(mounted, bin, each)), each).toBe(false);
  });

  test("lists in its SBOM each package that is in it, and no other", () => {
    const place = join(mounted, "opt/footbridge");
    const sbom = JSON.parse(readFileSync(join(place, "sbom.cdx.json"), "utf8")) as {
      readonly dependencies: readonly { readonly dependsOn: readonly string[] }[];
      readonly components: readonly {
        readonly "bom-ref": string;
        readonly name: string;
        readonly version: string;
        readonly purl?: string;
      }[];
      readonly metadata: { readonly component: { readonly version: string } };
    };
    expect(sbom.metadata.component.version).toBe(BUILD_ARGUMENTS.VERSION);
    const npm = sbom.components.flatMap(
      ({ purl = "" }) => /^pkg:npm\/(.*)$/.exec(decodeURIComponent(purl))?.[1] ?? [],
    );
    const installed = packagesUnder(join(place, "node_modules"));
    expect(installed.length).toBeGreaterThan(200);
    expect([...new Set(npm)].toSorted()).toEqual([...new Set(installed)].toSorted());
    const names = sbom.components.map((each) => each.name);
    expect(names).toEqual(
      expect.arrayContaining(["footbridge-matrix-crypto", "node", "redis-server", "tini", "libc6"]),
    );
    const refs = new Set(sbom.components.map((each) => each["bom-ref"]));
    const missing = sbom.dependencies.flatMap(({ dependsOn }) => dependsOn).filter((ref) => !refs.has(ref));
    expect(missing).toEqual([]);
    const debian = readFileSync(join(mounted, "var/lib/dpkg/status"), "utf8").match(/^Package: /gm) ?? [];
    const listed = sbom.components.filter(({ purl }) => purl?.startsWith("pkg:deb/debian/"));
    expect(listed).toHaveLength(debian.length);
  });

  test("is small and quick", async () => {
    const size = (await store.sizeOf(FOOTBRIDGE_IMAGE)) / 1e6;
    const rss = (program: string) => Math.round(processOf(program).rss);
    const memory = { daemon: rss("node"), redis: rss("redis-server"), tini: rss("tini") };
    console.log(
      `image ${Math.round(size)} MB, ready after ${Math.round(container.readyMs)} ms, RSS in MB`,
      memory,
    );
    expect(size).toBeLessThan(320);
    expect(container.readyMs).toBeLessThan(5_000);
    expect(memory.daemon).toBeLessThan(220);
  });
});

/** Every package in a folder of npm's, as `name@version`, nested ones included; links are another folder's. */
function packagesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (!entry.isDirectory()) return [];
    const place = join(folder, entry.name);
    if (entry.name.startsWith("@")) return packagesUnder(place);
    const { name, version } = JSON.parse(readFileSync(join(place, "package.json"), "utf8")) as Record<
      string,
      string
    >;
    const nested = join(place, "node_modules");
    return [`${name}@${version}`, ...(existsSync(nested) ? packagesUnder(nested) : [])];
  });
}
