import { type ChildProcess, spawn } from "node:child_process";
import { createSecretKey, randomBytes } from "node:crypto";
import { once } from "node:events";
import { chmod, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { accountId } from "../../src/model/ids.ts";
import { Sensitive } from "../../src/model/sensitive.ts";
import { systemClock } from "../../src/observe/clock.ts";
import { createRandom } from "../../src/observe/random.ts";
import { KekUnusable, KeyStoreUnusable } from "../../src/privacy/errors.ts";
import { openFileKeyStore } from "../../src/privacy/file-key-store.ts";
import { loadKek } from "../../src/privacy/kek.ts";
import type { KeyDescriptor, KeyStore } from "../../src/privacy/key-store.ts";
import { silent } from "../support/redis.ts";

const DESCRIPTORS: readonly KeyDescriptor[] = [
  { purpose: "bucket", bucket: 1023, generation: 2 },
  { purpose: "epoch", class: "24h", period: 494_000 },
  { purpose: "lookup", lookup: "map", generation: 680 },
  { purpose: "account", account: accountId("sms-main") },
];

let base: string;
let folder: string;
const kek = createSecretKey(randomBytes(32));
const random = createRandom();

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "footbridge-keys-"));
  folder = join(base, "keys");
});
afterEach(() => rm(base, { recursive: true, force: true }));

const openStore = (by = kek): Promise<KeyStore> =>
  openFileKeyStore({ folder, kek: by, clock: systemClock, log: silent });

describe("the folder of keys", () => {
  test("keeps each kind of key over a restart, the same octets under the same id", async () => {
    const store = await openStore();
    const made = await Promise.all(DESCRIPTORS.map((descriptor) => store.create(descriptor)));
    await store.close();
    const again = new Map((await openStore()).list().map((key) => [key.id, key]));
    expect(again.size).toBe(DESCRIPTORS.length);
    for (const key of made) {
      const read = again.get(key.id);
      expect(read?.descriptor).toEqual(key.descriptor);
      expect(read?.createdAt).toBe(key.createdAt);
      expect(read?.key.export().equals(key.key.export())).toBe(true);
    }
  });

  test("is 0700 and its files 0600, and a folder open to others is closed", async () => {
    await (await openStore()).create(DESCRIPTORS[0] as KeyDescriptor); // the list has four
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    for (const name of await readdir(folder))
      expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
    await chmod(folder, 0o755);
    await openStore();
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  test("shows neither a key nor what it is for", async () => {
    const key = await (await openStore()).create({ purpose: "account", account: accountId("canary") });
    const file = await readFile(join(folder, `${key.id}.key`));
    expect(file.includes("canary")).toBe(false);
    expect(file.includes(key.key.export())).toBe(false);
  });

  test("a destroyed key is gone, now and after a restart; destroying it again is no error", async () => {
    const store = await openStore();
    const [first, second] = await Promise.all(
      DESCRIPTORS.slice(0, 2).map((descriptor) => store.create(descriptor)),
    );
    if (first === undefined || second === undefined) throw new Error("two were made");
    await store.destroy(first.id);
    await store.destroy(first.id);
    expect(store.list().map((key) => key.id)).toEqual([second.id]);
    expect((await openStore()).list().map((key) => key.id)).toEqual([second.id]);
    expect(await readdir(folder)).not.toContain(`${first.id}.key`);
  });

  test("the wrong KEK gets one clear sentence and makes no new keys", async () => {
    await (await openStore()).create(DESCRIPTORS[0] as KeyDescriptor); // the list has four
    const before = (await readdir(folder)).sort();
    const wrong = createSecretKey(randomBytes(32));
    await expect(openStore(wrong)).rejects.toThrow(KeyStoreUnusable);
    await expect(openStore(wrong)).rejects.toThrow(
      /doesn't open the keys .* give the one they were made with/,
    );
    expect((await readdir(folder)).sort()).toEqual(before);
  });

  test("the wrong KEK is noticed even before the first key was made", async () => {
    await openStore();
    await expect(openStore(createSecretKey(randomBytes(32)))).rejects.toThrow(KeyStoreUnusable);
  });

  test("a file that a crash tore is removed, at whatever octet it was cut", async () => {
    const store = await openStore();
    const kept = await store.create(DESCRIPTORS[1] as KeyDescriptor); // the list has four
    const whole = await readFile(join(folder, `${kept.id}.key`));
    for (let length = 0; length < whole.length; length++) {
      await writeFile(join(folder, "aaaaaaaaaaaaaaaa.key"), whole.subarray(0, length));
      expect((await openStore()).list().map((key) => key.id)).toEqual([kept.id]);
      expect(await readdir(folder)).not.toContain("aaaaaaaaaaaaaaaa.key");
    }
  });

  test("a file that is blank, or blank from some octet on, as after a crash of the system or in destroy, is removed", async () => {
    const store = await openStore();
    const kept = await store.create(DESCRIPTORS[1] as KeyDescriptor); // the list has four
    const whole = await readFile(join(folder, `${kept.id}.key`));
    for (const from of [0, 30, whole.length - 16]) {
      await writeFile(join(folder, "aaaaaaaaaaaaaaaa.key"), Buffer.from(whole).fill(0, from));
      expect((await openStore()).list()).toHaveLength(1);
    }
  });

  test("a whole key that was altered or renamed is refused, never removed", async () => {
    const store = await openStore();
    const [kept, spoilt] = await Promise.all(
      DESCRIPTORS.slice(0, 2).map((descriptor) => store.create(descriptor)),
    );
    if (kept === undefined || spoilt === undefined) throw new Error("two were made");
    const path = join(folder, `${spoilt.id}.key`);
    const whole = await readFile(path);
    for (const at of [3, 8, 20, 40, whole.length - 1]) {
      const copy = Buffer.from(whole);
      copy[at] = (copy[at] ?? 0) ^ 1;
      await writeFile(path, copy);
      await expect(openStore()).rejects.toThrow(/damaged/);
      expect(await readdir(folder)).toContain(`${spoilt.id}.key`);
    }
    await rm(path);
    await writeFile(join(folder, "aaaaaaaaaaaaaaaa.key"), whole);
    await expect(openStore()).rejects.toThrow(/damaged/);
  });

  test("other files in the folder are let alone", async () => {
    await openStore();
    await writeFile(join(folder, "README"), "not ours");
    expect((await openStore()).list()).toEqual([]);
    expect(await readdir(folder)).toContain("README");
  });

  test("after close nothing is made any more", async () => {
    const store = await openStore();
    await store.close();
    await expect(store.create(DESCRIPTORS[0] as KeyDescriptor)).rejects.toThrow(KeyStoreUnusable); // the list has four
  });

  test("kill -9 while keys are made: each that was told of is there, none is damaged", {
    timeout: 60_000,
  }, async () => {
    const value = randomBytes(32).toString("base64");
    const by = await loadKek({ kind: "value", value: new Sensitive(value) }, { random, keyFolder: folder });
    const told: string[] = [];
    // On a busy machine a round makes few.
    for (let round = 0; round < 6 || (told.length <= 10 && round < 40); round++) {
      const child = startMaker(folder, value);
      child.stdout?.on("data", (data: Buffer) =>
        told.push(
          ...data
            .toString()
            .split("\n")
            .filter((id) => id !== ""),
        ),
      );
      await once(child.stdout ?? child, "data");
      await systemClock.sleep(5 + 20 * random.fraction());
      child.kill("SIGKILL");
      await once(child, "close");
      const ids = new Set((await openStore(by)).list().map((key) => key.id as string));
      // The last line may be cut by the kill.
      for (const id of told.filter((one) => one.length === 16)) expect(ids.has(id)).toBe(true);
    }
    expect(told.length).toBeGreaterThan(10);
  });
});

/** A process that makes keys as fast as it can, and tells each id once it is durable. */
function startMaker(into: string, value: string): ChildProcess {
  const script = fileURLToPath(new URL("key-maker.ts", import.meta.url));
  return spawn(process.execPath, [script, into], {
    env: { ...process.env, KEK: value },
    stdio: ["ignore", "pipe", "inherit"],
  });
}

describe("the key-encryption key", () => {
  const path = (): string => join(base, "kek");
  const load = (create: boolean) =>
    loadKek({ kind: "file", path: path(), create }, { random, keyFolder: folder });

  test("is made at the first use when the file is ours, 0600, and read again after that", async () => {
    const made = await load(true);
    expect((await stat(path())).mode & 0o777).toBe(0o600);
    expect((await load(true)).export().equals(made.export())).toBe(true);
    expect(await readdir(base)).toEqual(["kek"]);
  });

  test("isn't made when the file isn't ours", async () => {
    await expect(load(false)).rejects.toThrow(/mount the file/);
  });

  test("isn't made anew while there are keys that another one wraps", async () => {
    await openFileKeyStore({ folder, kek: await load(true), clock: systemClock, log: silent });
    await rm(path());
    await expect(load(true)).rejects.toThrow(/put it back \(no new one was made\)/);
  });

  test("is refused when others can read it", async () => {
    await load(true);
    for (const mode of [0o644, 0o640, 0o604]) {
      await chmod(path(), mode);
      await expect(load(true)).rejects.toThrow(/others can read it; expected 600 or 400/);
    }
    await chmod(path(), 0o400);
    await expect(load(true)).resolves.toBeDefined();
  });

  test("of a wrong form is refused without a word of it", async () => {
    await load(true);
    await truncate(path(), 20);
    await expect(load(true)).rejects.toThrow(KekUnusable);
    const value = new Sensitive("canary-canary");
    const refused = loadKek({ kind: "value", value }, { random, keyFolder: folder });
    await expect(refused).rejects.toThrow(/found 13 characters/);
    await expect(refused).rejects.not.toThrow(/canary/);
  });

  test("comes from the environment as base64 of 32 octets", async () => {
    const octets = randomBytes(32);
    const value = new Sensitive(`${octets.toString("base64")}\n`);
    const key = await loadKek({ kind: "value", value }, { random, keyFolder: folder });
    expect(key.export().equals(octets)).toBe(true);
  });
});
