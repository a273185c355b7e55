import { execFile } from "node:child_process";
import {
  appendFile,
  chmod,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DAY, HOUR, MINUTE } from "../../src/model/time.ts";
import { createRandom } from "../../src/observe/random.ts";
import { JournalUnusable, openFileJournal, readJournal } from "../../src/store/file-journal.ts";
import { BACKUP_LIFETIME } from "../../src/store/journal.ts";
import { fakeClock } from "../support/fake-clock.ts";
import { silent } from "../support/redis.ts";

const run = promisify(execFile);
let folder: string;
let path: string;
const clock = fakeClock();
const random = createRandom();
const open = () => openFileJournal({ path, clock, random, log: silent });
const persons = async () =>
  ((await readJournal(path))?.entries ?? []).map((entry) =>
    entry.kind === "forgotten" ? entry.person : entry.kind,
  );

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "footbridge-journal-"));
  path = join(folder, "journal");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("the journal", () => {
  test("keeps what was noted, in order, over starts, under one id", async () => {
    const first = await open();
    await Promise.all(["a", "b", "c"].map((person) => first.note({ kind: "forgotten", person })));
    const second = await open();
    await second.note({ kind: "forgotten", person: "d" });
    expect(second.head).toEqual(first.head);
    expect(await persons()).toEqual(["a", "b", "c", "d"]);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test("is on the disk when it says so: each of many at a time", async () => {
    const journal = await open();
    const seen = await Promise.all(
      Array.from({ length: 50 }, async (_, i) => {
        await journal.note({ kind: "forgotten", person: `p${i}` });
        return (await readFile(path, "utf8")).includes(`"p${i}"`);
      }),
    );
    expect(seen).toEqual(Array.from({ length: 50 }, () => true));
  });

  test("survives a line that a crash cut", async () => {
    const journal = await open();
    await journal.note({ kind: "forgotten", person: "a" });
    await journal.note({ kind: "forgotten", person: "b" });
    await truncate(path, (await stat(path)).size - 7);
    const next = await open();
    await next.note({ kind: "forgotten", person: "c" });
    expect(await persons()).toEqual(["a", "c"]);
    await appendFile(path, '{"at":1,"kind":"forg');
    await next.note({ kind: "forgotten", person: "d" });
    expect(await persons()).toEqual(["a", "c", "d"]);
  });

  test("drops what no backup can need any more, and nothing before", async () => {
    const journal = await open();
    await journal.note({ kind: "forgotten", person: "old" });
    clock.advance(2 * DAY);
    await journal.note({ kind: "forgotten", person: "new" });
    clock.advance(BACKUP_LIFETIME - DAY);
    await journal.tidy();
    expect(await persons()).toEqual(["new"]);
    clock.advance(-DAY);
    await open();
    expect(await persons()).toEqual(["new"]);
  });

  test("keeps all when it is opened, and while the clock may be wrong: that is for an hour, and after a jump", async () => {
    const before = await open();
    await before.note({ kind: "forgotten", person: "a" });
    clock.jump(40 * DAY); // it was wrong when the machine started
    const next = await open();
    await next.tidy();
    clock.jump(-40 * DAY);
    clock.advance(HOUR);
    await next.lookAfter();
    expect(await persons()).toEqual(["a"]);
    clock.jump(40 * DAY);
    await next.tidy();
    expect(await persons()).toEqual(["a"]);
    // It isn't wrong, then: it went on like this.
    clock.advance(HOUR);
    await next.lookAfter();
    expect(await persons()).toEqual([]);
  });

  test("is left as it is by a start", async () => {
    await (await open()).note({ kind: "forgotten", person: "a" });
    const { ino } = await stat(path);
    await writeFile(`${path}.${process.pid}.draft`, "of a container that was killed");
    await writeFile(`${path}.4194305.draft`, "of a process that can't be");
    await writeFile(`${path}.${process.ppid}.draft`, "of one that runs");
    await writeFile(`${path}.before-restore`, "");
    await open();
    expect((await stat(path)).ino).toBe(ino);
    const left = (await readdir(folder)).sort();
    expect(left).toEqual(["journal", `journal.${process.ppid}.draft`, "journal.before-restore"].sort());
  });

  test("on a full disk keeps nobody from starting, and says so", async () => {
    const journal = await open();
    for (let i = 0; i < 30; i++) await journal.note({ kind: "forgotten", person: `${"p".repeat(80)}${i}` });
    const child = `
      import { openFileJournal } from ${JSON.stringify(new URL("../../src/store/file-journal.ts", import.meta.url).href)};
      const clock = { now: () => Date.now(), monotonic: () => performance.now(), sleep: async () => undefined };
      const log = { error: (event) => console.log(event) };
      await openFileJournal({ path: process.argv[1], clock, random: { bytes: Buffer.alloc }, log });
      console.log("started");
    `;
    // No file may become longer than 1 KiB, as it is with a quota.
    const limited = 'ulimit -f 1; exec "$0" --input-type=module -e "$1" "$2"';
    const { stdout } = await run("bash", ["-c", limited, process.execPath, child, path]);
    expect(stdout.trim().split("\n")).toEqual(["journal.failed", "started"]);
    expect(await persons()).toHaveLength(30);
  });

  test("tries again by time what it couldn't write, and a last time when it ends", async () => {
    const journal = await open();
    await rename(path, `${path}.away`);
    await journal.note({ kind: "forgotten", person: "a" });
    await journal.lookAfter();
    await rename(`${path}.away`, path);
    expect(await persons()).toEqual([]);
    const sleeps: number[] = [];
    const stopping = new AbortController();
    const next = await openFileJournal({
      ...{ path, random, log: silent },
      clock: {
        ...clock,
        sleep: async (ms) => {
          sleeps.push(ms);
          stopping.abort();
        },
      },
    });
    await rename(path, `${path}.away`);
    await next.note({ kind: "forgotten", person: "b" });
    await rename(`${path}.away`, path);
    await next.run(stopping.signal);
    expect([sleeps, await persons()]).toEqual([[MINUTE], ["b"]]);
    await journal.lookAfter();
    expect(await persons()).toEqual(["b", "a"]);
  });

  test("has marks, each under an id of its own", async () => {
    const journal = await open();
    const marks = [await journal.mark(), await journal.mark()];
    const entries = (await readJournal(path))?.entries ?? [];
    expect(entries.map((entry) => entry.kind === "backup" && entry.mark)).toEqual(marks);
    expect(new Set(marks).size).toBe(2);
  });

  test("doesn't keep anybody from being forgotten when it can't be written, and catches up", async () => {
    const errors: string[] = [];
    const log = { ...silent, error: (event: string) => errors.push(event) };
    const journal = await openFileJournal({ path, clock, random, log });
    await rename(path, `${path}.away`);
    await journal.note({ kind: "forgotten", person: "a" });
    expect(errors).toEqual(["journal.failed"]);
    await rename(`${path}.away`, path);
    await journal.note({ kind: "forgotten", person: "b" });
    expect(await persons()).toEqual(["a", "b"]);
  });

  test("is refused where it is something else, or has no folder", async () => {
    await writeFile(path, "dear diary\n");
    await expect(open()).rejects.toThrow(JournalUnusable);
    await expect(open()).rejects.toThrow(/no journal of Footbridge/);
    expect(await readFile(path, "utf8")).toBe("dear diary\n");
    path = join(folder, "nowhere", "journal");
    await expect(open()).rejects.toThrow(/can't be written \(ENOENT\)/);
  });

  test("leaves out lines that another version, or somebody else, wrote", async () => {
    const journal = await open();
    await chmod(path, 0o600);
    await appendFile(
      path,
      '{"at":1,"kind":"vanished","person":"x"}\n{"at":1,"kind":"unlinked","person":"x"}\n[]\n7\n',
    );
    await appendFile(path, '{"at":1,"kind":"opted-in","phone":"x","scopes":[7]}\n');
    await appendFile(path, '{"at":1,"kind":"opted-in","phone":"x","scopes":[]}\n');
    await journal.note({ kind: "opted-in", phone: "x", scopes: ["service"] });
    expect(await persons()).toEqual(["opted-in"]);
    expect((await readJournal(path))?.ignored).toBe(6);
  });
});
