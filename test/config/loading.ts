// Loading a config from memory, for the tests of what it gives and of what is said about it.

import { type Config, ConfigError, loadConfig } from "../../src/config/index.ts";
import { filesOf, GOOD, testAdapters } from "./test-adapters.ts";

/** The environment of these loads. */
export const ENV = { TOKEN: "t0ken-value" };
/** Where the config lies. */
export const PATH = "/etc/footbridge/config.yaml";

/** Loads a text as the config. */
export function load(text: string | Uint8Array, warn?: (line: string) => void, mode?: number): Config {
  const readFile = filesOf(
    {
      [PATH]: text,
      "/etc/footbridge/secrets/smpp": "smpp-password\n",
      "/etc/footbridge/ca.pem": "-----BEGIN CERTIFICATE-----",
    },
    mode,
  );
  return loadConfig(PATH, {
    adapters: testAdapters,
    env: ENV,
    readFile,
    ...(warn === undefined ? {} : { warn }),
  });
}

/** The lines of the error, without the file's name. */
export function errors(text: string | Uint8Array): string[] {
  try {
    load(text);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split("\n").map((line) => line.replace(PATH, ""));
    throw error;
  }
  return [];
}

/** The config that is right, with a change. */
export const change = (from: string | RegExp, to: string) => GOOD.replace(from, to);
