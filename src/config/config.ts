import type { Address } from "../model/address.ts";
import type { AccountId, NetworkName } from "../model/ids.ts";
import type { Sensitive } from "../model/sensitive.ts";
import type { Milliseconds } from "../model/time.ts";
import type { LimitsConfig } from "./limits.ts";
import type { RedisRisk } from "./schema.ts";

/** A checked config: all paths absolute, all times in ms, all secrets and addresses `Sensitive`. */
export interface Config {
  /** The config file, absolute. */
  readonly file: string;
  /** The state folder. */
  readonly state: string;
  readonly log: { readonly level: "debug" | "info" | "warn" | "error" };
  /** An IANA name. */
  readonly timeZone: string;
  /** `kek`: 32 octets in base64; undefined: the daemon makes and keeps one in the state folder. */
  readonly keys: { readonly kek: Sensitive<string> | undefined };
  /** `key`: the half of the backup key that seals; undefined: no backup is made. `journal`: a file's path. */
  readonly backup: { readonly key: Sensitive<string> | undefined; readonly journal: string };
  readonly redis: RedisConfig;
  /** In the order of the file, at least one. */
  readonly accounts: readonly AccountConfig[];
  readonly pairs: readonly PairConfig[];
  /** Who is told how the accounts are; undefined: nobody. */
  readonly operator: OperatorConfig | undefined;
  /** Where health and metrics are answered over HTTP; absent: nowhere. */
  readonly http?: { readonly bind: string; readonly port: number };
  readonly delivery: DeliveryConfig;
  readonly limits: LimitsConfig;
  /** Packages that bring networks which aren't built in: names, or paths from the file's folder. In the order of the file. */
  readonly packages: readonly string[];
  /** How long stopping may take. */
  readonly drain: Milliseconds;
}

export type RedisConfig =
  | { readonly kind: "embedded" }
  | {
      readonly kind: "external";
      /** `redis://` or `rediss://`, without user name and password; of a cluster the first of those that are named. */
      readonly url: Sensitive<string>;
      /** Some nodes of a cluster; undefined: one server. */
      readonly cluster?: readonly Sensitive<string>[];
      readonly username?: string;
      readonly password?: Sensitive<string>;
      readonly tls?: RedisTlsConfig;
      readonly allow: readonly RedisRisk[];
    };

/** In PEM. */
export interface RedisTlsConfig {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: Sensitive<string>;
  readonly serverName?: string;
}

/** One account; `config` is what its adapter's own schema gave. */
export interface AccountConfig {
  readonly account: AccountId;
  readonly network: NetworkName;
  readonly config: unknown;
}

/** One side of a pair. */
export interface PartyConfig {
  readonly network: NetworkName;
  /** The account that reaches them. */
  readonly account: AccountId;
  /** Canonical. */
  readonly address: Sensitive<Address>;
  /** The account's own number that they text; only where the account has numbers. */
  readonly number?: Sensitive<Address>;
  /** What the other side sees them as. */
  readonly name: string;
}

/** Two parties that talk to each other. */
export interface PairConfig {
  readonly parties: readonly [PartyConfig, PartyConfig];
}

/** Who runs the bridge, where they are told how its accounts are. */
export interface OperatorConfig {
  readonly network: NetworkName;
  /** The account that tells them. */
  readonly account: AccountId;
  /** Canonical. */
  readonly address: Sensitive<Address>;
}

export interface DeliveryConfig {
  readonly deadline: Milliseconds;
  readonly attempts: number;
  readonly firstRetry: Milliseconds;
  readonly longestRetry: Milliseconds;
  readonly firstNotice: Milliseconds;
}
