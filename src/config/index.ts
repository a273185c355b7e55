// Reading the operator's config file.
export type { ConfigurableAdapter } from "./adapters.ts";
export type * from "./config.ts";
export { formatDuration, parseDuration } from "./duration.ts";
export { type FileContent, type ReadFile, readFileFromDisk } from "./files.ts";
export { type LoadOptions, loadConfig, loadStateFolder } from "./load.ts";
export { ConfigError, type Problem } from "./problem.ts";
export { REDIS_RISKS, type RedisRisk } from "./schema.ts";
export type { Env } from "./secrets.ts";
