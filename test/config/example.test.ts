import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { matrix } from "../../adapters/matrix/index.ts";
import { smsAdapter } from "../../adapters/sms/index.ts";
import { whatsAppAdapter } from "../../adapters/whatsapp/index.ts";
import { type ConfigurableAdapter, loadConfig } from "../../src/config/index.ts";
import { configSchema } from "../../src/config/schema.ts";
import { createRandom } from "../../src/observe/random.ts";
import { createBackupKey } from "../../src/privacy/backup-key.ts";

const SEALING = createBackupKey(createRandom()).sealing;
const TEXT = readFileSync(join(import.meta.dirname, "../../config.example.yaml"), "utf8");
/** With every setting that is commented out. */
const FULL = TEXT.replaceAll(/^( *)#((?! )|(?= {2}))(?=.)/gm, "$1");
const adapters: readonly ConfigurableAdapter[] = [matrix, smsAdapter, whatsAppAdapter];

function load(text: string) {
  const secrets = (path: string) => {
    if (path === "/fb/config.yaml") return text;
    if (path.endsWith(".pem")) return "-----BEGIN CERTIFICATE-----\n";
    if (path.endsWith("backup-seal")) return SEALING.expose();
    return path.endsWith("kek") ? Buffer.alloc(32, 1).toString("base64") : "a-long-enough-token-from-a-file";
  };
  const readFile = (path: string) => ({ mode: 0o600, bytes: new TextEncoder().encode(secrets(path)) });
  const env = { SMSC_PASSWORD: "x", REDIS_PASSWORD: "y" };
  return loadConfig("/fb/config.yaml", { adapters, env, readFile });
}

/** All keys that a JSON schema names, with the path to each. */
function keysOf(schema: unknown, path: string): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  return Object.entries(schema).flatMap(([word, part]) => {
    if (word !== "properties") return keysOf(part, path);
    return Object.entries(part as object).flatMap(([key, inner]) => [
      `${path}${key}`,
      ...keysOf(inner, `${path}${key}.`),
    ]);
  });
}

const jsonOf = (schema: unknown) =>
  schema instanceof z.ZodType ? z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) : undefined;

describe("config.example.yaml", () => {
  it("loads with the real adapters as it is", () => {
    const config = load(TEXT);
    expect(config.accounts.map(({ account }) => account)).toEqual(["matrix", "sms-main"]);
    expect(config.pairs).toHaveLength(1);
    expect(config.redis).toEqual({ kind: "embedded" });
  });

  it("loads with every setting that is commented out", () => {
    const config = load(FULL);
    expect(config.redis).toMatchObject({ kind: "external", allow: ["everysec"] });
    expect(config.keys.kek).toBeDefined();
    expect(config.backup).toEqual({ key: SEALING, journal: "/var/lib/footbridge-journal/journal" });
    expect(config.operator).toMatchObject({ network: "matrix", account: "matrix" });
  });

  it("shows the defaults: with and without them the settings are the same", () => {
    const [plain, full] = [load(TEXT), load(FULL)];
    expect(full.delivery).toEqual(plain.delivery);
    expect(plain.backup).toEqual({ key: undefined, journal: "/fb/state/journal" });
    expect(full.limits).toEqual(plain.limits);
    expect([full.log, full.drain]).toEqual([plain.log, plain.drain]);
  });

  const keys = [
    ...keysOf(jsonOf(configSchema(["matrix", "sms"], ["matrix"])), ""),
    ...adapters.flatMap((adapter) => keysOf(jsonOf(adapter.config), `accounts.${adapter.network}.`)),
  ];

  it("has a key for each that the schemas know", () => {
    expect(keys.length).toBeGreaterThan(60);
    const missing = keys.filter(
      (path) => !new RegExp(`(^|[\\s#{,-])${path.split(".").at(-1)}:`, "m").test(TEXT),
    );
    expect(missing).toEqual([]);
  });

  it("is of adapters that refuse unknown keys", () => {
    const text = TEXT.replace("    network: sms\n", "    network: sms\n    nonsense: 1\n").replace(
      "      name: example.org",
      "      name: example.org\n      nonsense: 1",
    );
    expect(() => load(text)).toThrow(/nonsense: found an unknown key.*\n.*nonsense: found an unknown key/);
  });
});
