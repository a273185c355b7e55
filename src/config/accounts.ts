import { accountId } from "../model/ids.ts";
import { Sensitive } from "../model/sensitive.ts";
import type { ConfigurableAdapter } from "./adapters.ts";
import type { AccountConfig } from "./config.ts";
import { describeKind } from "./describe.ts";
import { expectedWords, type Issue, problemsOf, withoutConsequences } from "./issues.ts";
import { type KeyPath, printPath } from "./key-path.ts";
import type { Problem } from "./problem.ts";
import type { Source } from "./source.ts";
import { didYouMean } from "./suggest.ts";

/** An account that was checked, with what pairs need of it. */
export interface CheckedAccount extends AccountConfig {
  readonly adapter: ConfigurableAdapter;
  /** The account's own numbers, canonical; undefined where it has none. */
  readonly numbers: readonly string[] | undefined;
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

/** Checks each account's part with its adapter's schema. What is wrong goes to the context's problems. */
export function checkAccounts(
  accounts: Readonly<Record<string, AccountPart>>,
  context: CheckContext,
): ReadonlyMap<string, CheckedAccount> {
  const checked = new Map<string, CheckedAccount>();
  for (const [name, part] of Object.entries(accounts)) {
    const account = checkAccount(name, part, context);
    if (account !== undefined) checked.set(name, account);
  }
  return checked;
}

function checkAccount(name: string, part: AccountPart, context: CheckContext): CheckedAccount | undefined {
  const path = ["accounts", name];
  const place = context.source.placeOfKey(path);
  if (!isAccountName(name)) {
    context.problems.push({
      ...place,
      key: printPath(path),
      found: `${describeKind(name)} as the account's name`,
      expected: "1 to 32 lower-case letters, digits or dashes, a letter first, and no phone number",
    });
    return undefined;
  }
  const adapter = context.adapters.find((candidate) => candidate.network === part.network);
  if (adapter === undefined) {
    const known = context.adapters.map((candidate) => String(candidate.network));
    const hint = didYouMean(part.network, known);
    context.problems.push({
      ...context.source.placeOf([...path, "network"]),
      key: printPath([...path, "network"]),
      found: describeKind(part.network),
      expected: `a network: ${known.join(" or ")}`,
      ...(hint === undefined ? {} : { hint }),
    });
    return undefined;
  }
  const config = checkPart(adapter, part, path, context);
  if (config === undefined) return undefined;
  return {
    account: accountId(name),
    network: adapter.network,
    config: config.value,
    adapter,
    numbers: numbersOf(adapter, part, config.value),
  };
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
  const issues = withoutConsequences(result.error.issues as readonly Issue[], root, context.failed); // zod's: see ConfigSchema
  const { source, data } = context;
  context.problems.push(
    ...problemsOf(issues, { source, data, root, schema: adapter.config, showable: () => false }),
  );
  return undefined;
}

/** An account that has numbers of its own lists them under `numbers`. */
function numbersOf(
  adapter: ConfigurableAdapter,
  part: AccountPart,
  config: unknown,
): readonly string[] | undefined {
  const numbers = part.numbers;
  if (!Array.isArray(numbers)) return undefined;
  return numbers.flatMap((number: unknown) => {
    const text = number instanceof Sensitive ? String(number.expose()) : String(number);
    return adapter.canonical(text, config) ?? [];
  });
}
