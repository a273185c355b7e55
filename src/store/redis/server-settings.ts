/** How the embedded server keeps what it took. */
export type Fsync = "always" | "everysec" | "no";

interface ServerSettings {
  /** Relative to the server's folder, so that the 107 octets of a socket's path never matter to it. */
  readonly socket: string;
  readonly fsync: Fsync;
  /** In octets; no limit when it is left out. */
  readonly maxMemory?: number;
}

/**
 * The embedded server's command line: no port, everything in the append-only file before it is answered, nothing evicted,
 * nothing of what passes through kept in a log (facts/redis.md, facts/privacy.md).
 */
export function serverArguments(settings: ServerSettings): readonly string[] {
  const options: Readonly<Record<string, string>> = {
    port: "0",
    unixsocket: settings.socket,
    unixsocketperm: "700",
    dir: ".",
    daemonize: "no",
    databases: "1",
    appendonly: "yes",
    appendfsync: settings.fsync,
    "no-appendfsync-on-rewrite": "no",
    "aof-load-truncated": "yes",
    "auto-aof-rewrite-percentage": "100",
    "auto-aof-rewrite-min-size": "64mb",
    save: "",
    maxmemory: String(settings.maxMemory ?? 0),
    "maxmemory-policy": "noeviction",
    // Both keep commands with their arguments; so does the report of a crash.
    "slowlog-log-slower-than": "-1",
    "slowlog-max-len": "0",
    "crash-log-enabled": "no",
    "latency-monitor-threshold": "0",
    "latency-tracking": "no",
    // Time-sliced maps stay listpacks: 137 octets a message instead of 600.
    "hash-max-listpack-entries": "512",
    "hash-max-listpack-value": "128",
    "always-show-logo": "no",
    loglevel: "notice",
    logfile: "",
  };
  return Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
}
