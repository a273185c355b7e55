// What `footbridge doctor` says of a Matrix account: the same on the loopback homeserver and on Synapse. The registration
// that the homeserver has loaded is that of the unchanged config.

import { type MatrixConfig, matrix } from "../../../adapters/matrix/index.ts";
import type { CheckSurroundings, Finding } from "../../../src/adapter/index.ts";
import { systemClock } from "../../../src/observe/clock.ts";
import { token } from "./setup.ts";

/** Nothing lies beside the config there. */
const NOWHERE = "/nowhere";

/** Checks an account's config, while a daemon runs with it or not. */
export async function checkAccount(
  config: MatrixConfig,
  running: boolean,
  more: Partial<CheckSurroundings> = {},
): Promise<readonly Finding[]> {
  const signal = AbortSignal.timeout(20_000);
  const around = { clock: systemClock, running, signal, folder: NOWHERE, ...more };
  return (await matrix.check?.(config, around)) ?? [];
}

/** The findings in short. */
export function shown(findings: readonly Finding[]): string[] {
  return findings.map(({ check, status }) => `${status} ${check}`);
}

/** What can't be seen is Synapse's config, which isn't given. */
const UNSEEN = "warning homeserver's privacy";
/** What is said when the homeserver knows us, whatever else is wrong. */
const ASKED = ["ok homeserver's version", "ok clock", "ok rate limits", UNSEEN];
export const ALL_WELL = ["ok homeserver", "ok token", "ok registration's users", "ok way back", ...ASKED];

interface Wrong {
  readonly name: string;
  readonly change: (config: MatrixConfig) => Partial<MatrixConfig>;
  /** What is found. */
  readonly shown: readonly string[];
  readonly remedy: RegExp;
}

const appservice = (config: MatrixConfig, more: Partial<MatrixConfig["appservice"]>) => ({
  appservice: { ...config.appservice, ...more },
});

/** Configs that don't fit the homeserver, each with what is found. */
export const WRONG: readonly Wrong[] = [
  {
    name: "a token that it doesn't know",
    change: (config) => appservice(config, { asToken: token("canary-of-another-bridge") }),
    shown: ["ok homeserver", "problem token", UNSEEN],
    remedy: /make asToken the as_token of the registration file/,
  },
  {
    name: "another server name",
    change: (config) => ({ homeserver: { ...config.homeserver, name: "canary.example.org" } }),
    shown: ["ok homeserver", "problem token", UNSEEN],
    remedy: /make homeserver.name its server name/,
  },
  {
    name: "a bot that isn't in the registration",
    change: () => ({ bot: "canarybot" }),
    shown: ["ok homeserver", "ok token", "problem registration's users", ...ASKED],
    remedy: /write the registration file again/,
  },
  {
    name: "ghosts that aren't in the registration",
    change: () => ({ ghostPrefix: "_canary_" }),
    shown: ["ok homeserver", "ok token", "problem registration's users", ...ASKED],
    remedy: /write the registration file again/,
  },
  {
    name: "another id than the registration's",
    change: (config) => appservice(config, { id: "canary" }),
    shown: ["ok homeserver", "ok token", "ok registration's users", "problem way back", ...ASKED],
    remedy: /another id than appservice.id/,
  },
  {
    name: "another hs_token than the registration's",
    change: (config) => appservice(config, { hsToken: token("canary-of-another-homeserver") }),
    shown: ["ok homeserver", "ok token", "ok registration's users", "problem way back", ...ASKED],
    remedy: /make hsToken the hs_token of the registration file/,
  },
];
