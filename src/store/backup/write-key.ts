import type { AccountId, ChatKey, ConversationId, PersonId } from "../../model/ids.ts";
import { FAMILIES } from "../families.ts";
import { keys } from "../keys.ts";
import type { RedisArgument } from "../redis/resp.ts";
import type { BackupRecord, Value } from "./record.ts";
import type { Restoring } from "./restoring.ts";

type KeyRecord = Extract<BackupRecord, { kind: "key" }>;

/** Writes a key of a family that is kept as it is, unless it leads to something that isn't there. */
export async function writeKey(state: Restoring, record: KeyRecord): Promise<void> {
  const name = nameOf(record);
  if (name === undefined) throw new Error(`a backup has ${record.family}, which is no family of one`);
  const value = leading(state, record);
  if (value === undefined || (record.until !== undefined && record.until <= state.clock.now())) return;
  const { connection } = state;
  await connection.command(...commandFor(name, value));
  if (record.until !== undefined) await connection.command("PEXPIREAT", name, record.until);
}

/** As keys.ts names it now: the tags of another version's names needn't be those of this one. */
function nameOf({ family, name: [a = "", b = ""] }: KeyRecord): string | undefined {
  if (FAMILIES[family]?.backup.kind !== "kept") return undefined;
  switch (family) {
    case "pairs":
      return keys.pairs;
    case "timers":
      return keys.timers;
    case "chat":
      return keys.chat(a as ChatKey); // the parts are as the same function got them when it was written
    case "numberLoads":
      return keys.numberLoads(a as AccountId); // likewise
    case "identity":
      return keys.identity(a, b);
    case "numberPairs":
      return keys.numberPairs(a, b);
    case "optOuts":
      return keys.optOuts(a);
    default:
      return undefined;
  }
}

/** Of a value what leads to what is there; undefined when that is nothing. */
function leading({ kept, pairs, persons }: Restoring, { family, value }: KeyRecord): Value | undefined {
  const isKept = (conversation: string | undefined): boolean => kept.has(conversation as ConversationId); // looked up
  const plain = (base64: string): string => Buffer.from(base64, "base64").toString();
  if (family === "chat" && value.type === "string")
    return isKept(plain(value.value).split(":")[0]) ? value : undefined;
  if (family === "identity" && value.type === "string")
    return persons.has(plain(value.value).split(":")[0] as PersonId) ? value : undefined; // looked up
  if (family === "pairs" && value.type === "set") {
    for (const member of value.members) pairs.add(plain(member));
    const members = value.members.filter((member) => isKept(plain(member)));
    return members.length === 0 ? undefined : { ...value, members };
  }
  if (family === "timers" && value.type === "sorted-set") {
    const members = value.members.filter(([member]) => isKept(plain(member).split(":")[1]));
    return members.length === 0 ? undefined : { ...value, members };
  }
  if (value.type === "hash") return value.fields.length === 0 ? undefined : value;
  throw new Error(`a backup has a ${value.type} for ${family}`);
}

function commandFor(name: string, value: Value): [string, ...RedisArgument[]] {
  const octets = (base64: string): Buffer => Buffer.from(base64, "base64");
  switch (value.type) {
    case "string":
      return ["SET", name, octets(value.value)];
    case "hash":
      return ["HSET", name, ...value.fields.flatMap(([field, each]) => [field, octets(each)])];
    case "set":
      return ["SADD", name, ...value.members.map(octets)];
    case "sorted-set":
      return ["ZADD", name, ...value.members.flatMap(([member, score]) => [score, octets(member)])];
  }
}
