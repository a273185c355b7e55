import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { FAMILIES, type FamilyName } from "../../src/store/families.ts";
import { familyOf, shapeOf } from "../../src/store/family-of.ts";
import { keys } from "../../src/store/keys.ts";

/** One of each kind that a part of a name is made of: account, limit, random id, HMAC, number, octets of an HMAC. */
const PARTS: readonly unknown[] = [
  "sms-main",
  "wrongCodes",
  "Zm9vdGJyaWRnZS0x",
  "Zm9vdGJyaWRnZS0xMjM0NT",
  20_612,
  Buffer.from("footbridge-1"),
];

/** The names that a function of keys.ts makes of all kinds of arguments; of wrong ones it makes nonsense, or throws. */
function namesOf(make: unknown): string[] {
  if (typeof make !== "function") return [String(make)];
  let calls: unknown[][] = [[]];
  for (let i = 0; i < make.length; i++) calls = calls.flatMap((call) => PARTS.map((part) => [...call, part]));
  return calls.flatMap((call) => {
    try {
      return [String(make(...call))];
    } catch {
      return [];
    }
  });
}

describe("the families of keys", () => {
  it.each(Object.entries(keys))("know %s of keys.ts, and take it for no other", (name, make) => {
    const row = Object.hasOwn(FAMILIES, name) ? FAMILIES[name as FamilyName] : undefined; // asked just before
    expect(
      row,
      `keys.ts names "${name}", and src/store/families.ts has no row for it. Add one: how its names read, what kind of ` +
        "record it holds, how that is sealed, and its longest TTL or the event that deletes it (and see that this " +
        "event is there)",
    ).toBeDefined();
    const explained = namesOf(make).map(familyOf);
    expect(
      explained,
      `no name that keys.ts makes for "${name}" reads as its row in src/store/families.ts says (${row?.pattern}): make ` +
        "the pattern the form of its names",
    ).toContain(name);
    const others = [...new Set(explained)].filter((family) => family !== undefined && family !== name);
    expect(others, `another row of src/store/families.ts also explains names of "${name}"`).toEqual([]);
  });

  it("hold nothing that keys.ts doesn't name any more", () => {
    expect(Object.keys(FAMILIES).filter((family) => !Object.hasOwn(keys, family))).toEqual([]);
  });

  it("read whole names: what only begins or ends like a known key is unknown", () => {
    const name = keys.sinceCursor("sms-main" as never); // an account's name as the config has it
    expect(familyOf(name)).toBe("sinceCursor");
    for (const odd of [
      `${name}:more`,
      `x${name}`,
      name.toUpperCase(),
      `${name}\n`,
      "",
      "{c0}",
      "{c0}:c:short",
    ])
      expect(familyOf(odd), JSON.stringify(odd)).toBeUndefined();
  });

  it("say whether a backup has each, and why not", () => {
    for (const [family, { backup, sealed }] of Object.entries(FAMILIES)) {
      if (backup.kind === "left-out") expect(backup.why.length, family).toBeGreaterThan(20);
      if (backup.kind === "made-anew") expect(FAMILIES[backup.from].backup.kind, family).toBe("kept");
      // What ends with a key of its time, or is an account's session, is in no backup whatever else is.
      if (["hourly key", "daily key", "account's key"].includes(sealed))
        expect(backup.kind, family).toBe("left-out");
    }
  });

  it("say when each goes, and give no TTL that is none", () => {
    for (const { life } of Object.values(FAMILIES)) {
      if (life.kind === "ttl") expect(life.most).toBeGreaterThan(0);
      else expect(life.until.length).toBeGreaterThan(5);
    }
  });
});

describe("the shape of a key that no row explains", () => {
  it.each([
    ["session:+15550100", "<7>:<9>"],
    ["{c0}:due:+15550100", "{c0}:due:<9>"],
    ["{i77}:zz:sms-main", "{i<shard>}:<2>:<8>"],
    ["{x:Zm9vdGJyaWRnZS0xMjM0NT}:opt:@ana:example.org", "{x:<lookup>}:<3>:<4>:<11>"],
    ["{p:@ana}:r", "<2>:<5>:r"],
    ["c0", "<2>"],
    ["", ""],
    ["::", "::"],
    ["\u0000\n", "<2>"],
  ])("of %j is %j", (name, shape) => {
    expect(shapeOf(name)).toBe(shape);
  });

  it("holds nothing of a name but its length, its colons, and words and tags of the table", () => {
    for (const canary of ["canary", "+15550100", "ana@example.org", "a b c", "ünï", "{c1}", "x}y{z"])
      for (const name of [canary, `{c0}:${canary}`, `q:${canary}`, `{a:${canary}}:s`, `${canary}:due`])
        expect(shapeOf(name)).not.toContain(canary);
  });
});
