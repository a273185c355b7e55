import type { Connection, Reply } from "../../src/store/redis/connection.ts";
import { scanKeys } from "../../src/store/redis/scan.ts";
import { text } from "../../src/store/reply.ts";

/** The names of all keys. */
export async function allKeys(connection: Connection): Promise<string[]> {
  const found = new Set<string>();
  for await (const names of scanKeys(connection, { page: 1_000 }))
    for (const name of names) found.add(name.toString());
  return [...found];
}

/** Everything that a key holds, as Redis gives it, and its raw form. */
export async function contents(connection: Connection, key: string): Promise<Buffer[]> {
  const type = text(await connection.command("TYPE", key));
  const read: Readonly<Record<string, () => Promise<Reply>>> = {
    string: () => connection.command("GET", key),
    hash: () => connection.command("HGETALL", key),
    list: () => connection.command("LRANGE", key, 0, -1),
    set: () => connection.command("SMEMBERS", key),
    zset: () => connection.command("ZRANGE", key, 0, -1, "WITHSCORES"),
  };
  const reader = read[type ?? ""];
  if (reader === undefined) throw new Error(`a key of type ${type}`);
  const found = await reader();
  const all: readonly Reply[] = [
    ...(Array.isArray(found) ? found : [found]),
    await connection.command("DUMP", key),
  ];
  return all.map((each) => (Buffer.isBuffer(each) ? each : Buffer.from(String(each))));
}

/** All names and all that they hold. */
export async function everythingIn(connection: Connection): Promise<Buffer[]> {
  const names = await allKeys(connection);
  const held = await Promise.all(names.map((name) => contents(connection, name)));
  return [...names.map((name) => Buffer.from(name)), ...held.flat()];
}

/** A text in the forms in which it could stand somewhere by mistake. */
export function forms(canary: string): readonly Buffer[] {
  const plain = Buffer.from(canary);
  const wide = Buffer.from(canary, "utf16le");
  // Base64 of a text inside a longer one depends on where it begins; its inner part is the same for each of three places.
  const base64 = [0, 1, 2].map((shift) => {
    const shifted = Buffer.concat([Buffer.alloc(shift), plain]).toString("base64");
    return Buffer.from(shifted.slice(shift === 0 ? 0 : 4, Math.floor((plain.length + shift) / 3) * 4));
  });
  const hex = plain.toString("hex");
  return [
    plain,
    wide,
    Buffer.from(wide).swap16(),
    Buffer.from(hex),
    Buffer.from(hex.toUpperCase()),
    ...base64,
  ];
}
