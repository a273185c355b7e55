import { text } from "../reply.ts";
import type { Connection, RedisServer } from "./contract.ts";
import { StoreAway } from "./errors.ts";

interface ScanOptions {
  /** A pattern of names. */
  readonly match?: string;
  /** How many keys a server looks at in one go. */
  readonly page: number;
}

/**
 * All names of keys, in pages, of one server after the other. One that comes or goes meanwhile may be missing, one may come
 * twice; so may those of a slot that moves (see `isSteady`).
 * @throws StoreAway when none is there, or a server goes meanwhile
 */
export async function* scanKeys(
  connection: Connection,
  { match, page }: ScanOptions,
): AsyncGenerator<readonly Buffer[]> {
  for (const server of serversOf(connection)) {
    let cursor = "0";
    do {
      const matching = match === undefined ? [] : ["MATCH", match];
      const reply = await server.command("SCAN", cursor, ...matching, "COUNT", page);
      const [next, names] = Array.isArray(reply) ? reply : [];
      cursor = text(next) ?? "0";
      yield (Array.isArray(names) ? names : []).filter(Buffer.isBuffer);
    } while (cursor !== "0");
  }
}

/**
 * Does what looks at all keys, and says whether every slot stayed where it was: else a key may have gone from a server that wasn't
 * looked at yet to one that was.
 */
export async function isSteady(connection: Connection, work: () => Promise<void>): Promise<boolean> {
  const before = await layoutOf(connection);
  await work();
  return before !== undefined && before === (await layoutOf(connection));
}

/** While the connection is down there are none: of them nothing would be found, as if nothing were there. */
function serversOf({ servers }: Connection): readonly RedisServer[] {
  if (servers.length === 0) throw new StoreAway();
  return servers;
}

/** Who has which slots, since when; undefined while one is on its way. @throws StoreAway */
export async function layoutOf(connection: Connection): Promise<string | undefined> {
  const lines = await Promise.all(
    serversOf(connection).map((server) => (server.slots === undefined ? "" : ownLine(server))),
  );
  return lines.some((line) => line.includes("[")) ? undefined : lines.join("\n");
}

/** The slots of a cluster that a server gives or takes now, by its own word: begun, and not ended on it. @throws as `command` does */
export async function slotsOnTheirWay(server: RedisServer): Promise<readonly number[]> {
  if (server.slots === undefined) return [];
  const line = await ownLine(server);
  return [...line.matchAll(/\[(\d+)-[<>]-/g)].map(([, slot]) => Number(slot));
}

/**
 * What a node says of itself: its id, its epoch, which rises with each slot that it takes over, its slots, and in brackets those
 * that come or go.
 */
async function ownLine(server: RedisServer): Promise<string> {
  const nodes = text(await server.command("CLUSTER", "NODES")) ?? "";
  const own = nodes.split("\n").find((line) => line.split(" ")[2]?.includes("myself"));
  const [id = "", , , , , , epoch = "", , ...slots] = own?.split(" ") ?? [];
  return [id, epoch, ...slots].join(" ");
}
