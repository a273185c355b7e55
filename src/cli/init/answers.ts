import type { Sensitive } from "../../model/sensitive.ts";
import type { Found } from "./find.ts";

/** All that can be answered, in the order in which it is asked. */
export const KEYS = [
  ...(["compose", "homeserver", "serverName", "operator", "port", "url", "bind", "state"] as const),
  ...(["smsHost", "smsPort", "smsTls", "smsSystemId", "smsPassword", "smsNumbers", "whatsapp"] as const),
] as const;
export type Key = (typeof KEYS)[number];

/** What was answered, each in its checked form; "" for what was left out. */
export type Given = { readonly [K in Key]?: Sensitive<string> };

/** What checks may use of the world. */
export interface Tools {
  readonly found: Found;
  /** The compose.yaml that could be copied; undefined: there is none. */
  readonly compose: string | undefined;
  /** The canonical form of an address; undefined when it is none of this network. */
  canonical(network: string, text: string): string | undefined;
  /** Where the config is to be. */
  readonly folder: string;
  /** This machine's name. */
  readonly hostname: string;
}

/** What is said of an answer. `doubt`: it may be taken, and is likely wrong. */
export type Verdict = { readonly value: string; readonly doubt?: string } | { readonly wrong: string };

/** What was answered, as a text; "" for what was left out. */
export function answerTo(given: Given, key: Key): string {
  return given[key]?.expose() ?? "";
}
