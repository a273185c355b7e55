// Reading the operator's config file.
export type { ConfigurableAdapter } from "./adapters.ts";
export type * from "./config.ts";
export { formatDuration } from "./duration.ts";
export { type LimitsConfig, RISKY_NUMBERS, type RiskyNumber, type SmsRules } from "./limits.ts";
export { loadConfig } from "./load.ts";
export { type PackageEntry, packageEntries } from "./packages.ts";
export { ConfigError, type Problem } from "./problem.ts";
export { loadStateFolder } from "./state-folder.ts";
