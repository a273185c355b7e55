import type { Decision, Linkable } from "../routing/effects.ts";
import { tidy, withoutEndMarks, withoutQuotes } from "./tidy.ts";
import { errand, say, type Visit } from "./visit.ts";

/** What is asked for: `whatsapp pair`, `pair whatsapp wa-main`, `whatsapp pair code`. */
interface Asked {
  /** Those of its network. */
  readonly accounts: readonly Linkable[];
  readonly name: string | undefined;
  readonly by: "qr" | "code";
}

/**
 * What follows from a word that only who runs the bridge has, in their chat with it: that one of its accounts is linked with its
 * phone. Undefined for all else, and for everybody else: theirs is a text like any other.
 */
export function operatorsWord(visit: Visit, text: string): Decision | undefined {
  const { circumstances } = visit;
  const asked = isOperators(visit) ? askedFor(text, circumstances.linkable) : undefined;
  if (asked === undefined) return undefined;
  const { accounts, by, name } = asked;
  const [first, ...others] =
    name === undefined ? accounts : accounts.filter(({ account }) => account === name);
  if (first !== undefined && others.length === 0)
    return errand(visit, { kind: "pair-account", account: first.account, by });
  const words = accounts.map(({ account, network }) => wordsFor(network.network, account, by));
  return say(visit, circumstances.texts.pairWhich({ words }));
}

/** What its operator writes to have an account linked. */
export function pairingWords({ account, network }: Linkable, linkable: readonly Linkable[]): string {
  const isOnly = linkable.every(
    (other) => other.account === account || other.network.network !== network.network,
  );
  return wordsFor(network.network, isOnly ? undefined : account, "qr");
}

function wordsFor(network: string, account: string | undefined, by: Asked["by"]): string {
  const words = [network, "pair", account, by === "code" ? by : undefined];
  return words.filter((word) => word !== undefined).join(" ");
}

function isOperators({ circumstances, leg }: Visit): boolean {
  const { operator } = circumstances;
  return operator?.account === leg.account && operator.address.expose() === leg.to.expose();
}

function askedFor(text: string, linkable: readonly Linkable[]): Asked | undefined {
  const typed = tidy(text).replace(/^\/ ?/, "");
  const [first, second, ...rest] = withoutEndMarks(withoutQuotes(typed)).toLowerCase().split(/\s/);
  const network = first === "pair" ? second : second === "pair" ? first : undefined;
  const accounts = linkable.filter((each) => each.network.network === network);
  const by = rest.at(-1) === "code" ? "code" : "qr";
  const [name, ...more] = by === "code" ? rest.slice(0, -1) : rest;
  // Anything longer is a sentence.
  return accounts.length === 0 || more.length > 0 ? undefined : { accounts, name, by };
}
