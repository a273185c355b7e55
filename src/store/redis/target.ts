import { isIP } from "node:net";
import type { RedisOptions } from "ioredis";
import type { Sensitive } from "../../model/sensitive.ts";

/** Certificates for `rediss:`, in PEM. */
export interface RedisTls {
  /** Whom to trust; the system's list when it is left out. */
  readonly ca?: string;
  /** Our own certificate and its key, where the server asks for one. */
  readonly cert?: string;
  readonly key?: Sensitive<string>;
  /** The name in the server's certificate, where it isn't the host. */
  readonly serverName?: string;
}

/** One server that is reached over TCP. */
export interface TcpTarget {
  readonly kind: "tcp";
  readonly host: string;
  readonly port: number;
  /** The ACL user; `default` when only a password is given. */
  readonly username?: string;
  readonly password?: Sensitive<string>;
  readonly database?: number;
  readonly tls?: RedisTls;
}

/** One server. */
export type ServerTarget = { readonly kind: "socket"; readonly path: string } | TcpTarget;

/** A Redis Cluster. */
export interface ClusterTarget {
  readonly kind: "cluster";
  /** Some of its nodes, of which one that answers is enough: it knows the others. */
  readonly nodes: readonly TcpTarget[];
}

/** Which Redis to talk to. */
export type RedisTarget = ServerTarget | ClusterTarget;

const DEFAULT_PORT = 6379;
/** A network that says nothing at all: much longer than any fsync that was seen. */
const SILENCE = 15_000;

/** What can stand beside a URL in the config, and wins over it. */
interface RedisUrlExtras {
  readonly username?: string;
  readonly password?: Sensitive<string>;
  readonly tls?: RedisTls;
}

/**
 * `redis://[user[:password]@]host[:port][/database]`, or `rediss:` with TLS.
 * @throws RangeError that doesn't show the URL, since a password may stand in it.
 */
export function parseRedisUrl(url: Sensitive<string>, extras: RedisUrlExtras = {}): TcpTarget {
  const text = url.expose();
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  const database = parsed === undefined ? undefined : databaseOf(parsed.pathname);
  if (
    parsed === undefined ||
    !/^rediss?:$/.test(parsed.protocol) ||
    parsed.hostname === "" ||
    database === undefined
  ) {
    throw new RangeError("a Redis URL reads redis://host:port/database, or rediss://... for TLS");
  }
  if (extras.tls !== undefined && parsed.protocol !== "rediss:") {
    throw new RangeError("found TLS settings beside a redis:// URL, expected rediss://");
  }
  const username = extras.username ?? decodeURIComponent(parsed.username);
  const inUrl = decodeURIComponent(parsed.password);
  const password = extras.password ?? (inUrl === "" ? undefined : url.map(() => inUrl));
  return {
    kind: "tcp",
    host: parsed.hostname.replace(/^\[|\]$/g, ""),
    port: parsed.port === "" ? DEFAULT_PORT : Number(parsed.port),
    database,
    ...(username === "" ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(parsed.protocol === "rediss:" ? { tls: extras.tls ?? {} } : {}),
  };
}

/**
 * An external Redis by the URL of one server, or those of some nodes of a cluster, as `parseRedisUrl` reads them.
 * @throws RangeError
 */
export function externalTarget({
  url,
  cluster,
  ...extras
}: RedisUrlExtras & {
  readonly url: Sensitive<string>;
  readonly cluster?: readonly Sensitive<string>[];
}): RedisTarget {
  if (cluster === undefined) return parseRedisUrl(url, extras);
  return { kind: "cluster", nodes: cluster.map((each) => parseRedisUrl(each, extras)) };
}

/** `/3` or nothing. */
function databaseOf(path: string): number | undefined {
  const digits = /^\/?(\d{0,3})$/.exec(path)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Where to connect, in ioredis' words. */
export function redisOptions(target: ServerTarget): RedisOptions {
  if (target.kind === "socket") return { path: target.path };
  const { host, port, database, username, password, tls } = target;
  return {
    host,
    port,
    db: database ?? 0,
    keepAlive: 5_000,
    socketTimeout: SILENCE,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password: password.expose() }),
    ...(tls === undefined ? {} : { tls: tlsOptions(host, tls) }),
  };
}

function tlsOptions(host: string, tls: RedisTls): NonNullable<RedisOptions["tls"]> {
  // An address is no name to ask for (RFC 6066); the certificate is compared with it all the same.
  const name = tls.serverName ?? (isIP(host) === 0 ? host : undefined);
  return {
    ...(name === undefined ? {} : { servername: name }),
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls.cert === undefined ? {} : { cert: tls.cert }),
    ...(tls.key === undefined ? {} : { key: tls.key.expose() }),
  };
}
