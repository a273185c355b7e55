// YAML in the documents: parts of the bridge's config, and files of other programs.

import { parse, stringify } from "yaml";
import { matrix } from "../../adapters/matrix/index.ts";
import { smsAdapter } from "../../adapters/sms/index.ts";
import { whatsAppAdapter } from "../../adapters/whatsapp/index.ts";
import { adapter as xmpp } from "../../examples/footbridge-adapter-xmpp/src/index.ts";
import { loadConfig } from "../../src/config/index.ts";
import { createRandom } from "../../src/observe/random.ts";
import { createBackupKey } from "../../src/privacy/backup-key.ts";
import type { Block } from "./markdown.ts";

type Group = Readonly<Record<string, unknown>>;

/** What an account needs and a document may leave out where it speaks of something else. */
const NEEDED: Readonly<Record<string, Group>> = {
  matrix: {
    homeserver: { url: "http://127.0.0.1:8008", name: "example.org" },
    appservice: { port: 9993, asToken: "a-long-enough-token", hsToken: "another-long-token" },
  },
  sms: {
    numbers: ["+12025550111", "+12025550112"],
    links: [{ name: "smsc-a", host: "smsc.example.net", systemId: "footbridge", password: "x" }],
  },
  whatsapp: { number: "+12025550155" },
};

/** YAML that isn't the bridge's config: by the document and the key that it begins with. */
export const OTHER_YAML: readonly { readonly file: string; readonly key: string; readonly what: string }[] = [
  { file: "docs/next-to-synapse.md", key: "app_service_config_files", what: "Synapse's homeserver.yaml" },
  { file: "adapters/loopback/README.md", key: "accounts", what: "an account that is for tests alone" },
];

/** The block's YAML. @throws what the parser says. */
export function yamlOf(block: Block): Group {
  const value: unknown = parse(block.lines.join("\n"));
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Error("expected a group of keys");
  return value as Group; // a group is what was just seen
}

/** Loads a part as it would be loaded in a whole config, with what the rest has to have. @throws ConfigError */
export function loadPart(part: Group): void {
  const accounts = isGroup(part.accounts)
    ? part.accounts
    : { matrix: { network: "matrix" }, "sms-main": { network: "sms" } };
  const whole = {
    state: "./state",
    ...part,
    accounts: Object.fromEntries(
      Object.entries(accounts).map(([name, account]) => [name, completed(account)]),
    ),
  };
  const files = (path: string): string => {
    if (path === "/fb/config.yaml") return stringify(whole);
    if (path.endsWith(".pem")) return "-----BEGIN CERTIFICATE-----\n";
    if (path.endsWith("backup-seal")) return createBackupKey(createRandom()).sealing.expose();
    return path.endsWith("kek") ? Buffer.alloc(32, 1).toString("base64") : "a-long-enough-secret-from-a-file";
  };
  const env = new Proxy({}, { get: () => "from-the-environment" }); // whatever name a document gives
  loadConfig("/fb/config.yaml", {
    adapters: [matrix, smsAdapter, whatsAppAdapter, xmpp],
    env,
    readFile: (path) => ({ mode: 0o600, bytes: new TextEncoder().encode(files(path)) }),
  });
}

function completed(account: unknown): unknown {
  if (!isGroup(account)) return account;
  return merged(NEEDED[String(account.network)] ?? {}, account);
}

/** What the document says wins, key by key; a list of groups is completed group by group. */
function merged(needed: unknown, said: unknown): unknown {
  if (isGroup(needed) && isGroup(said) && !("file" in said) && !("env" in said)) {
    const keys = new Set([...Object.keys(needed), ...Object.keys(said)]);
    return Object.fromEntries(
      [...keys].map((key) => [key, key in said ? merged(needed[key], said[key]) : needed[key]]),
    );
  }
  if (Array.isArray(needed) && Array.isArray(said) && isGroup(needed[0])) {
    return said.map((one: unknown) => merged(needed[0], one));
  }
  return said;
}

function isGroup(value: unknown): value is Group {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
