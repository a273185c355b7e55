import type { Capabilities } from "../model/capabilities.ts";
import type { PlannedDelivery } from "../model/delivery.ts";

/** What an opt-out word asks for: no more texts, texts again, or who we are and how to end it. */
export type OptOutWord = "stop" | "start" | "help";

/**
 * The words, without accents. Where they come from, and which aren't here and why: decision 006.
 * 47 CFR 64.1200(a)(10) (FCC 24-24) names stop, quit, end, revoke, opt out, cancel and unsubscribe; gateways add stopall and
 * unsub; the Canadian Common Short Code guidelines demand arret, aide and info beside stop and help.
 */
export const OPT_OUT_WORDS: Readonly<Record<OptOutWord, readonly string[]>> = {
  stop: [
    "STOP",
    "STOPALL",
    "UNSUBSCRIBE",
    "UNSUB",
    "END",
    "QUIT",
    "REVOKE",
    "OPTOUT",
    "CANCEL",
    // As it should be written, and as it is written.
    "ARRET",
    "ARRETE",
    "ARRETT",
  ],
  start: ["START", "UNSTOP"],
  help: ["HELP", "INFO", "AIDE"],
};

const MEANINGS: ReadonlyMap<string, OptOutWord> = new Map(
  Object.entries(OPT_OUT_WORDS).flatMap(
    ([meaning, words]) => words.map((word) => [word, meaning as OptOutWord] as const), // the table's own keys
  ),
);

/**
 * The opt-out word that a message is, where its network has such words. Only a whole message is one: case, accents, spaces and
 * whatever is neither letter nor digit don't count (`"Stop."`, `opt-out`, `STOP ALL`), any other word does.
 */
export function optOutWord(
  message: string,
  { optOutWords }: Pick<Capabilities, "optOutWords">,
): OptOutWord | undefined {
  return optOutWords ? MEANINGS.get(bare(message)) : undefined;
}

/** Letters and digits alone, in capitals. Compatibility forms are their plain letters (Unicode TR 15): full-width, bold. */
function bare(message: string): string {
  return message
    .normalize("NFKD")
    .replace(/[^\p{L}\p{N}]+/gu, "")
    .toUpperCase();
}

/** The answer to an opt-out word: it goes also to somebody who wants no more texts. */
export function insisting(delivery: PlannedDelivery): PlannedDelivery {
  const { task } = delivery;
  return task.kind === "send" ? { ...delivery, task: { ...task, insists: true } } : delivery;
}
