import fs, {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { finishWriting, type PlannedFile, writeTogether } from "../../src/cli/init/staging.ts";
import { filesIn } from "./init-bench.ts";

const FILES: readonly PlannedFile[] = [
  { path: "secrets/kek", content: "key", precious: true },
  { path: "secrets/as-token", content: "token" },
  { path: "registration.yaml", content: "id: footbridge" },
  { path: "config.yaml", content: "state: ./state" },
];
const WHOLE = Object.fromEntries(
  FILES.map(({ path, content }) => [path, { mode: "600", text: content }] as const).sort(),
);
/** What changes something on the disk. */
const WRITING = ["open", "mkdir", "link", "rename", "rm", "unlink"] as const;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fb-stage-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs something up to its nth change of the disk, which never comes back: nothing behind it runs, as after a kill. */
async function killedAt(nth: number, work: () => Promise<unknown>): Promise<"killed" | "done"> {
  const real = Object.fromEntries(WRITING.map((name) => [name, fs.promises[name]] as const));
  let calls = 0;
  let kill: () => void = () => undefined;
  const killed = new Promise<"killed">((resolve) => {
    kill = () => resolve("killed");
  });
  for (const name of WRITING) {
    const inner = real[name] as (...args: unknown[]) => Promise<unknown>; // each of them takes and gives something else
    Object.assign(fs.promises, {
      [name]: (...args: unknown[]) => {
        calls += 1;
        if (calls < nth) return inner(...args);
        kill();
        return new Promise(() => undefined);
      },
    });
  }
  syncBuiltinESMExports();
  try {
    return await Promise.race([killed, work().then(() => "done" as const)]);
  } finally {
    Object.assign(fs.promises, real);
    syncBuiltinESMExports();
  }
}

/** Changes that a whole run makes; each is a place to be killed at. */
const PLACES = Array.from({ length: 60 }, (_, at) => at + 1);

describe("files that come together", () => {
  it("appear whole, for this user alone, and nothing else is left", async () => {
    await writeTogether(folder, "config.yaml", FILES);
    expect(filesIn(folder)).toEqual(WHOLE);
    expect(await finishWriting(folder, "config.yaml")).toEqual([]);
  });

  it("are all there or none after the next run, wherever the first was killed", async () => {
    const seen = new Set<string>();
    for (const nth of PLACES) {
      rmSync(folder, { recursive: true, force: true });
      const ended = await killedAt(nth, () => writeTogether(folder, "config.yaml", FILES));
      // a bridge that is started now finds no config, or one with all that it names
      if (existsSync(join(folder, "config.yaml"))) {
        expect(filesIn(folder)).toMatchObject(WHOLE);
      }
      await finishWriting(folder, "config.yaml");
      const files = filesIn(folder);
      expect([{}, WHOLE]).toContainEqual(files);
      seen.add(`${ended}, ${Object.keys(files).length} files`);
      await writeTogether(folder, "config.yaml", FILES);
      expect(filesIn(folder)).toEqual(WHOLE);
    }
    expect([...seen]).toEqual(["killed, 0 files", "killed, 4 files", "done, 4 files"]);
  });

  it("are all there although the run that goes on is killed, too", async () => {
    for (const nth of PLACES.slice(0, 20)) {
      rmSync(folder, { recursive: true, force: true });
      let at = 0;
      do at += 1;
      while (
        (await killedAt(at, () => writeTogether(folder, "config.yaml", FILES))) === "killed" &&
        !existsSync(join(folder, ".footbridge-init.ready"))
      );
      await killedAt(nth, () => finishWriting(folder, "config.yaml"));
      await finishWriting(folder, "config.yaml");
      expect(filesIn(folder)).toEqual(WHOLE);
    }
  });

  it("take the place of others, which stay beside them; but not of a key", async () => {
    await writeTogether(folder, "config.yaml", FILES);
    await writeTogether(
      folder,
      "config.yaml",
      FILES.map((file) => ({ ...file, content: `new ${file.content}` })),
    );
    expect(
      Object.fromEntries(Object.entries(filesIn(folder)).map(([path, { text }]) => [path, text])),
    ).toEqual({
      "config.yaml": "new state: ./state",
      "config.yaml.old": "state: ./state",
      "registration.yaml": "new id: footbridge",
      "registration.yaml.old": "id: footbridge",
      "secrets/as-token": "new token",
      "secrets/as-token.old": "token",
      "secrets/kek": "key",
    });
  });

  it("aren't begun on where nothing can be written, and that is said", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "as it was");
    await expect(writeTogether(join(file, "below"), "config.yaml", FILES)).rejects.toThrow(
      /can't be written/,
    );
    expect(readFileSync(file, "utf8")).toBe("as it was");
  });

  it("leave nothing behind when the disk is full in the middle", async () => {
    const open = fs.promises.open;
    let calls = 0;
    Object.assign(fs.promises, {
      open: (...args: Parameters<typeof open>) => {
        calls += 1;
        return calls < 3
          ? open(...args)
          : Promise.reject(Object.assign(new Error("full"), { code: "ENOSPC" }));
      },
    });
    syncBuiltinESMExports();
    const writing = writeTogether(folder, "config.yaml", FILES);
    await expect(writing).rejects.toThrow(/can't be written \(the disk is full\)/);
    Object.assign(fs.promises, { open });
    syncBuiltinESMExports();
    expect(filesIn(folder)).toEqual({});
    expect(existsSync(join(folder, ".footbridge-init.draft"))).toBe(false);
  });
});

describe("what lies there as if a killed run had left it", () => {
  const ready = () => join(folder, ".footbridge-init.ready");
  /** Lays it there as such a run does. */
  const lay = (files: Readonly<Record<string, string>>, listed = Object.keys(files)): void => {
    mkdirSync(join(ready(), "secrets"), { recursive: true, mode: 0o700 });
    for (const [path, text] of Object.entries(files)) writeFileSync(join(ready(), path), text);
    const list = listed.map((path) => ({ path, precious: false }));
    writeFileSync(join(ready(), ".list"), JSON.stringify(list));
  };
  const finish = () => finishWriting(folder, "config.yaml");
  const isRefused = async (): Promise<void> => {
    writeFileSync(join(folder, "config.yaml"), "as it was");
    const before = filesIn(folder);
    await expect(finish()).rejects.toMatchObject({
      name: "CommandFailed",
      message: expect.stringMatching(/^nothing was written: .*(?:find out who put it there|is no folder)/),
    });
    expect(filesIn(folder)).toEqual(before);
  };

  it("is taken where it is ours", async () => {
    lay({ "config.yaml": "a", "secrets/as-token": "b" });
    expect(await finish()).toEqual(["config.yaml", "secrets/as-token"]);
    expect(Object.keys(filesIn(folder))).toEqual(["config.yaml", "secrets/as-token"]);
  });

  it("is removed where its removal had begun", async () => {
    lay({ "config.yaml": "a" });
    rmSync(join(ready(), ".list"));
    expect(await finish()).toEqual([]);
    expect(existsSync(ready())).toBe(false);
  });

  it.each(["../outside", "/etc/cron.d/x", "secrets/../../outside", "other.yaml", "secrets/more", "."])(
    "is refused with a path that no set-up writes (%s)",
    async (path) => {
      lay({ "config.yaml": "a" }, ["config.yaml", path]);
      await isRefused();
      expect(existsSync(join(folder, "../outside"))).toBe(false);
    },
  );

  it.each([0o750, 0o701, 0o777])("is refused where others have rights on it (%o)", async (mode) => {
    lay({ "config.yaml": "a" });
    chmodSync(ready(), mode);
    await isRefused();
  });

  it("is refused as a link, with a list or a source that is one, and with a list that is none", async () => {
    const elsewhere = join(folder, "elsewhere");
    lay({ "config.yaml": "a" });
    fs.renameSync(ready(), elsewhere);
    symlinkSync(elsewhere, ready());
    await isRefused();
    rmSync(ready());
    fs.renameSync(elsewhere, ready());
    rmSync(join(ready(), "config.yaml"));
    symlinkSync("/etc/hostname", join(ready(), "config.yaml"));
    await isRefused();
    writeFileSync(join(ready(), ".list"), "{");
    await isRefused();
    rmSync(join(ready(), ".list"));
    symlinkSync("/etc/hostname", join(ready(), ".list"));
    await isRefused();
  });

  it("isn't moved through a link that stands for a folder", async () => {
    mkdirSync(join(folder, "elsewhere"));
    symlinkSync(join(folder, "elsewhere"), join(folder, "secrets"));
    lay({ "secrets/as-token": "b" });
    await isRefused();
    await expect(writeTogether(folder, "config.yaml", FILES)).rejects.toThrow(/secrets is no folder/);
    expect(Object.keys(filesIn(join(folder, "elsewhere")))).toEqual([]);
  });

  it.runIf(process.getuid?.() === 0)("is refused where it, or a part of it, is another user's", async () => {
    lay({ "config.yaml": "a", "secrets/as-token": "b" });
    for (const part of ["", ".list", "secrets", "secrets/as-token"]) {
      chownSync(join(ready(), part), 12_345, 12_345);
      await isRefused();
      chownSync(join(ready(), part), 0, 0);
    }
    expect(await finish()).toHaveLength(2);
  });
});

describe("places that are taken by something else than a file", () => {
  it("a link that leads nowhere is kept beside the new file, and all of them appear", async () => {
    symlinkSync("/nowhere/at-all", join(folder, "registration.yaml"));
    await writeTogether(folder, "config.yaml", FILES);
    expect(readlinkSync(join(folder, "registration.yaml.old"))).toBe("/nowhere/at-all");
    expect(filesIn(folder)).toEqual(WHOLE);
  });

  it.each(["registration.yaml", "registration.yaml.old", "config.yaml"])(
    "a folder is refused before anything is written (%s)",
    async (name) => {
      mkdirSync(join(folder, name));
      await expect(writeTogether(folder, "config.yaml", FILES)).rejects.toThrow(/is a folder: move it away/);
      expect(filesIn(folder)).toEqual({});
      expect(fs.readdirSync(folder)).toEqual([name]);
    },
  );

  it("a key's link that leads nowhere is refused", async () => {
    mkdirSync(join(folder, "secrets"));
    symlinkSync("/nowhere/at-all", join(folder, "secrets/kek"));
    await expect(writeTogether(folder, "config.yaml", FILES)).rejects.toThrow(
      /kek is a link that leads nowhere/,
    );
    expect(filesIn(folder)).toEqual({});
  });
});
