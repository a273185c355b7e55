import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sensitive } from "../../src/model/sensitive.ts";
import { createRandom } from "../../src/observe/random.ts";
import {
  BackupKeyUnusable,
  backupKeyName,
  createBackupKey,
  parseOpeningKey,
  parseSealingKey,
} from "../../src/privacy/backup-key.ts";
import { type BackupHead, BackupUnusable, openBackup, sealBackup } from "../../src/privacy/backup-stream.ts";

const random = createRandom();
const HEAD: BackupHead = { version: "0.1.0", schema: 1, created: 1, expires: 2, journal: "journal-one" };
const CHUNK = 64 * 1024;

function keyPair() {
  const { opening, sealing } = createBackupKey(random);
  return { opening: parseOpeningKey(opening), sealing: parseSealingKey(sealing) };
}
const key = keyPair();

async function* inPieces(all: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < all.length; at += size) yield all.subarray(at, at + size);
}

async function gather(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

function sealed(content: Buffer, size = 10_000, head = HEAD): Promise<Buffer> {
  return gather(sealBackup(key.sealing, head, inPieces(content, size)));
}

async function opened(file: Buffer, opening = key.opening, size = 7_001) {
  const { head, content } = await openBackup(opening, inPieces(file, size));
  return { head, content: await gather(content) };
}

/** Why a file isn't taken, and how much of it was given out before. */
async function refusal(file: Buffer, opening = key.opening): Promise<string> {
  try {
    await opened(file, opening);
  } catch (error) {
    if (error instanceof BackupUnusable) return error.why;
    throw error;
  }
  return "taken";
}

describe("a backup's file", () => {
  test("gives back what was sealed, whatever its length and its pieces", async () => {
    const length = fc.oneof(
      fc.nat({ max: 3 * CHUNK }),
      fc.constantFrom(0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK),
    );
    const size = fc.integer({ min: 1_000, max: 100_000 });
    await fc.assert(
      fc.asyncProperty(length, size, size, async (octets, written, read) => {
        const content = random.bytes(octets);
        const back = await opened(await sealed(content, written), key.opening, read);
        expect(back.content.equals(content)).toBe(true);
        expect(back.head).toEqual(HEAD);
      }),
      { numRuns: 40 },
    );
  });

  test("is refused when it is cut anywhere", async () => {
    for (const octets of [0, 10, CHUNK, 2 * CHUNK + 5]) {
      const file = await sealed(random.bytes(octets));
      const ends = [0, 3, 5, 9, 40, file.length - 1, file.length - 17, file.length - CHUNK, CHUNK + 400];
      for (const end of ends.filter((it) => it >= 0 && it < file.length))
        expect(await refusal(file.subarray(0, end)), `${end} of ${file.length}`).not.toBe("taken");
    }
    // Between two chunks all that is there is authentic.
    const file = await sealed(random.bytes(2 * CHUNK + 5));
    const withoutEnd = file.subarray(0, file.length - 5 - 16);
    expect(await refusal(withoutEnd)).toBe("truncated");
  });

  test("is refused when any octet is another, and when chunks change places or something follows", async () => {
    const file = await sealed(random.bytes(2 * CHUNK + 5));
    for (let i = 0; i < 120; i++) {
      const other = Buffer.from(file);
      const at = i < 60 ? i * 5 : Math.floor(random.fraction() * file.length);
      other[at] = (other[at] ?? 0) ^ 0x10;
      expect(await refusal(other), String(at)).not.toBe("taken");
    }
    const start = file.length - (2 * CHUNK + 5 + 3 * 16);
    const chunk = CHUNK + 16;
    const swapped = Buffer.concat([
      file.subarray(0, start),
      file.subarray(start + chunk, start + 2 * chunk),
      file.subarray(start, start + chunk),
      file.subarray(start + 2 * chunk),
    ]);
    expect(await refusal(swapped)).toBe("altered");
    expect(await refusal(Buffer.concat([file, Buffer.from("x")]))).not.toBe("taken");
    const longer = Buffer.concat([file.subarray(0, start + chunk), file.subarray(start)]);
    expect(await refusal(longer)).toBe("altered");
  });

  test("says what it isn't: no backup, of another version, for another key", async () => {
    const file = await sealed(Buffer.from("x"));
    expect(await refusal(random.bytes(1_000))).toBe("no-backup");
    expect(await refusal(Buffer.from("PK\u0003\u0004 some archive"))).toBe("no-backup");
    const newer = Buffer.from(file);
    newer[3] = "2".charCodeAt(0);
    expect(await refusal(newer)).toBe("newer");
    expect(await refusal(file, keyPair().opening)).toBe("other-key");
  });

  test("shows nothing of its content, and never the same twice", async () => {
    const content = Buffer.from("+351910000001 @ana.canary:example.org ".repeat(100));
    const [one, other] = [await sealed(content), await sealed(content)];
    expect(one.includes("canary")).toBe(false);
    expect(one.includes("+35191")).toBe(false);
    expect(one.subarray(300).equals(other.subarray(300))).toBe(false);
  });

  test("isn't made by who knows the public half alone", async () => {
    const forger = { publicKey: key.sealing.publicKey, secret: random.bytes(32) };
    // Its head may name the right key: that is in clear.
    const forged = await gather(sealBackup(forger, HEAD, inPieces(Buffer.from("x"), 10)));
    const renamed = Buffer.from(
      forged.toString("latin1").replace(backupKeyName(forger), backupKeyName(key.sealing)),
      "latin1",
    );
    expect(await refusal(forged)).toBe("other-key");
    expect(["altered", "truncated"]).toContain(await refusal(renamed));
  });
});

describe("a backup key", () => {
  test("has two halves that aren't taken for each other, and shows neither in what is printed of it", () => {
    const { opening, sealing } = createBackupKey(random);
    expect(() => parseOpeningKey(sealing)).toThrow(BackupKeyUnusable);
    expect(() => parseSealingKey(opening)).toThrow(BackupKeyUnusable);
    for (const text of ["", "footbridge-backup-open-1:", `${opening.expose()}x`, "hello"])
      expect(() => parseOpeningKey(sensitive(text))).toThrow(/opening half/);
    expect(parseOpeningKey(sensitive(` ${opening.expose()}\n`)).privateKey.type).toBe("private");
    expect(JSON.stringify({ opening, sealing })).not.toContain("footbridge");
    expect(backupKeyName(parseSealingKey(sealing))).toBe(backupKeyName(parseOpeningKey(opening).sealing));
  });

  test("seals with a half that holds nothing of the one that opens", () => {
    const { opening, sealing } = createBackupKey(random);
    const octets = (text: string): Buffer => Buffer.from(text.split(":")[1] ?? "", "base64url");
    const secret = octets(opening.expose()).subarray(0, 32);
    expect(octets(sealing.expose()).includes(secret)).toBe(false);
    expect(parseSealingKey(sealing).publicKey.type).toBe("public");
  });
});
