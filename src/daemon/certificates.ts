import { X509Certificate } from "node:crypto";
import type { Config } from "../config/index.ts";
import { Sensitive } from "../model/sensitive.ts";
import type { Timestamp } from "../model/time.ts";

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
/** No config is deeper. */
const DEEPEST = 8;

/**
 * When the certificates that stand in the config end, by their keys there (`redis.tls.cert`): of several under one key the one
 * that ends first. What can't be read is left out: whoever uses it says so.
 */
export function certificatesOf(config: Pick<Config, "accounts" | "redis">): ReadonlyMap<string, Timestamp> {
  const redis = config.redis.kind === "external" ? config.redis.tls : undefined;
  const accounts = Object.fromEntries(config.accounts.map(({ account, config: own }) => [account, own]));
  return new Map([...found("redis.tls", redis, 0), ...found("accounts", accounts, 0)]);
}

function found(key: string, value: unknown, depth: number): readonly (readonly [string, Timestamp])[] {
  const text = value instanceof Sensitive ? value.expose() : value;
  if (typeof text === "string") {
    const ends = (text.match(PEM) ?? []).flatMap(endOf);
    return ends.length === 0 ? [] : [[key, Math.min(...ends)]];
  }
  if (typeof text !== "object" || text === null || depth > DEEPEST) return [];
  return Object.entries(text).flatMap(([name, part]) =>
    found(`${key}.${name.replaceAll(/[^A-Za-z0-9_-]/g, "-")}`, part, depth + 1),
  );
}

function endOf(pem: string): readonly Timestamp[] {
  try {
    const end = Date.parse(new X509Certificate(pem).validTo);
    return Number.isNaN(end) ? [] : [end];
  } catch {
    return [];
  }
}
