import { accountId, type NetworkName } from "../model/ids.ts";
import { Sensitive } from "../model/sensitive.ts";
import type { ConfigurableAdapter } from "./adapters.ts";
import type { AccountConfig } from "./config.ts";
import { describeKind } from "./describe.ts";
import { readIssues } from "./foreign-issues.ts";
import { expectedWords, problemsOf, withoutConsequences } from "./issues.ts";
import { type KeyPath, printPath } from "./key-path.ts";
import type { Problem } from "./problem.ts";
import type { Source } from "./source.ts";
import { didYouMean, nearest } from "./suggest.ts";

/** An account of the file as far as it is known: pairs are checked with it although something is wrong in it. */
export interface NamedAccount {
  readonly name: string;
  /** The network that it is on, or was surely meant to be on; undefined when nobody can tell. */
  readonly network: NetworkName | undefined;
  /** The account's own numbers, canonical; undefined where it has none, or they can't be read. */
  readonly numbers: readonly string[] | undefined;
  /** Undefined when something is wrong in it, which was said. */
  readonly checked: AccountConfig | undefined;
}

/** What the checks of accounts and pairs share. */
export interface CheckContext {
  readonly source: Source;
  /** The data with its secrets resolved. */
  readonly data: unknown;
  readonly failed: readonly KeyPath[];
  readonly adapters: readonly ConfigurableAdapter[];
  readonly problems: Problem[];
}

type AccountPart = Readonly<Record<string, unknown>> & { readonly network: string };

/**
 * Checks each account's part with its adapter's schema. What is wrong goes to the context's problems.
 * @param parts the accounts that say their network.
 * @param named the names of all accounts in the file.
 */
export function checkAccounts(
  parts: Readonly<Record<string, AccountPart>>,
  named: readonly string[],
  context: CheckContext,
): ReadonlyMap<string, NamedAccount> {
  const accounts = new Map<string, NamedAccount>();
  for (const name of named) {
    const part = Object.hasOwn(parts, name) ? parts[name] : undefined;
    accounts.set(name, part === undefined ? unknownAccount(name) : checkAccount(name, part, context));
  }
  return accounts;
}

function unknownAccount(name: string): NamedAccount {
  return { name, network: undefined, numbers: undefined, checked: undefined };
}

function checkAccount(name: string, part: AccountPart, context: CheckContext): NamedAccount {
  const path = ["accounts", name];
  const isNamed = checkName(name, path, context);
  const adapter = checkNetwork(part.network, path, context);
  if (adapter === undefined) return unknownAccount(name);
  const { network } = adapter;
  // of a network that was only meant, the rest is checked all the same
  const config = checkPart(adapter, { ...part, network }, path, context);
  const isChecked = isNamed && network === part.network;
  return {
    name,
    network,
    numbers: numbersOf(adapter, part),
    checked: config && isChecked ? { account: accountId(name), network, config: config.value } : undefined,
  };
}

function checkName(name: string, path: KeyPath, { source, problems }: CheckContext): boolean {
  if (isAccountName(name)) return true;
  problems.push({
    ...source.placeOfKey(path),
    key: printPath(path),
    found: `${describeKind(name)} as the account's name`,
    expected: "1 to 32 lower-case letters, digits or dashes, a letter first, and no phone number",
  });
  return false;
}

/** The adapter of a network, or of the one that was meant. */
function checkNetwork(
  network: string,
  path: KeyPath,
  { source, adapters, problems }: CheckContext,
): ConfigurableAdapter | undefined {
  const known = adapters.map((candidate) => String(candidate.network));
  if (!known.includes(network)) {
    const hint = didYouMean(network, known);
    problems.push({
      ...source.placeOf([...path, "network"]),
      key: printPath([...path, "network"]),
      found: describeKind(network),
      expected: `a network: ${known.join(" or ")}`,
      ...(hint === undefined ? {} : { hint }),
    });
  }
  const meant = nearest(network, known);
  return adapters.find((candidate) => candidate.network === meant);
}

function isAccountName(name: string): boolean {
  if (/\d{5}/.test(name)) return false; // it would be shown in logs and metrics
  try {
    accountId(name);
    return true;
  } catch {
    return false;
  }
}

function checkPart(
  adapter: ConfigurableAdapter,
  part: AccountPart,
  root: KeyPath,
  context: CheckContext,
): { value: unknown } | undefined {
  const result = adapter.config.safeParse(part, { error: expectedWords });
  if (result.success) return { value: result.data };
  const issues = withoutConsequences(readIssues(result.error.issues), root, context.failed);
  const { source, data } = context;
  context.problems.push(
    ...problemsOf(issues, { source, data, root, schema: adapter.config, showable: () => false }),
  );
  return undefined;
}

/** An account that has numbers of its own lists them under `numbers`. */
function numbersOf(adapter: ConfigurableAdapter, { numbers }: AccountPart): readonly string[] | undefined {
  if (!Array.isArray(numbers)) return undefined;
  const known = numbers.flatMap((number: unknown) => {
    const text = number instanceof Sensitive ? String(number.expose()) : String(number);
    return adapter.canonical(text) ?? [];
  });
  return known.length > 0 && known.length === numbers.length ? known : undefined;
}
