import fs, { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
    await writeTogether(folder, FILES);
    expect(filesIn(folder)).toEqual(WHOLE);
    expect(await finishWriting(folder)).toEqual([]);
  });

  it("are all there or none after the next run, wherever the first was killed", async () => {
    const seen = new Set<string>();
    for (const nth of PLACES) {
      rmSync(folder, { recursive: true, force: true });
      const ended = await killedAt(nth, () => writeTogether(folder, FILES));
      // a bridge that is started now finds no config, or one with all that it names
      if (existsSync(join(folder, "config.yaml"))) {
        expect(filesIn(folder)).toMatchObject(WHOLE);
      }
      await finishWriting(folder);
      const files = filesIn(folder);
      expect([{}, WHOLE]).toContainEqual(files);
      seen.add(`${ended}, ${Object.keys(files).length} files`);
      await writeTogether(folder, FILES);
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
        (await killedAt(at, () => writeTogether(folder, FILES))) === "killed" &&
        !existsSync(join(folder, ".footbridge-init.ready"))
      );
      await killedAt(nth, () => finishWriting(folder));
      await finishWriting(folder);
      expect(filesIn(folder)).toEqual(WHOLE);
    }
  });

  it("take the place of others, which stay beside them; but not of a key", async () => {
    await writeTogether(folder, FILES);
    await writeTogether(
      folder,
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
    await expect(writeTogether(join(file, "below"), FILES)).rejects.toThrow(/can't be written/);
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
    const writing = writeTogether(folder, FILES);
    await expect(writing).rejects.toThrow(/can't be written \(the disk is full\)/);
    Object.assign(fs.promises, { open });
    syncBuiltinESMExports();
    expect(filesIn(folder)).toEqual({});
    expect(existsSync(join(folder, ".footbridge-init.draft"))).toBe(false);
  });
});
