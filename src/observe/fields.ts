/**
 * How a field's value is checked before it may stand in a log line.
 * `word`: from a closed set, or a name in the code. `name`: the operator's own word, from the config.
 * `opaque`: a random id or an HMAC of ours. `version`: dotted numbers. `package`: the name of an npm package. `number`, `boolean`: as they are, large numbers rounded.
 */
export type FieldType = "word" | "name" | "opaque" | "version" | "package" | "number" | "boolean";

interface Field {
  readonly type: FieldType;
  readonly about: string;
}

/** All that a log line may hold beside its level, time and event. A field that isn't here is dropped. */
export const LOG_FIELDS = {
  account: { type: "name", about: "an account's name in the config" },
  network: { type: "word", about: "a network's name" },
  link: { type: "name", about: "one of an account's connections, named in the config" },
  server: { type: "word", about: "which program: redis-server, valkey-server" },
  lane: { type: "opaque", about: "a lane's name, an HMAC" },
  leg: { type: "opaque", about: "a leg's id" },
  delivery: { type: "opaque", about: "a delivery's id" },
  conversation: { type: "opaque", about: "a conversation's id" },
  trace: { type: "opaque", about: "what ties the lines about one event together" },
  reason: { type: "word", about: "why, from a closed set" },
  status: { type: "word", about: "where something stands, from a closed set" },
  state: { type: "word", about: "where an account or a part stands, from a closed set" },
  kind: { type: "word", about: "which case of a closed set" },
  error: { type: "word", about: "an error's class, never its message" },
  code: { type: "word", about: "an errno, or a network's own code for a failure" },
  key: { type: "word", about: "a family of keys or a config key, never a key's name" },
  limit: { type: "word", about: "a limit's name in the table" },
  queue: { type: "word", about: "which queue" },
  signal: { type: "word", about: "a process signal" },
  package: { type: "package", about: "the package of an adapter that isn't built in" },
  version: { type: "version", about: "a program's or a schema's version" },
  attempt: { type: "number", about: "which try, from 1" },
  count: { type: "number", about: "how many" },
  bytes: { type: "number", about: "octets" },
  ms: { type: "number", about: "how long, in ms" },
  slot: { type: "number", about: "a hash slot of a Redis Cluster" },
  pid: { type: "number", about: "a process of ours" },
  port: { type: "number", about: "a port we listen on" },
} as const satisfies Readonly<Record<string, Field>>;

export type LogFieldName = keyof typeof LOG_FIELDS;
