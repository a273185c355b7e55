import {
  appendFile,
  chmod,
  mkdtemp,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DAY } from "../../src/model/time.ts";
import { createRandom } from "../../src/observe/random.ts";
import { JournalUnusable, openFileJournal, readJournal } from "../../src/store/file-journal.ts";
import { BACKUP_LIFETIME } from "../../src/store/journal.ts";
import { fakeClock } from "../support/fake-clock.ts";
import { silent } from "../support/redis.ts";

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
    await journal.note({ kind: "opted-in", phone: "x", scopes: ["service"] });
    expect(await persons()).toEqual(["opted-in"]);
  });
});
