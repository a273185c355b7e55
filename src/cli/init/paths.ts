import { SECRETS } from "./config-text.ts";

/** It lies beside the config. */
export const REGISTRATION = "registration.yaml";
/** What docker needs, where it is wanted. */
export const COMPOSE = { file: "compose.yaml", environment: ".env" } as const;

/** All that a set-up ever writes, from the config's folder. */
export function pathsBeside(configName: string): ReadonlySet<string> {
  return new Set([configName, REGISTRATION, ...Object.values(COMPOSE), ...Object.values<string>(SECRETS)]);
}
