import { Sensitive } from "../model/sensitive.ts";
import type { CheckContext, NamedAccount } from "./accounts.ts";
import type { ConfigurableAdapter } from "./adapters.ts";
import type { PairConfig, PartyConfig } from "./config.ts";
import { describeKind } from "./describe.ts";
import { isUnder, type KeyPath, printableKey, printPath } from "./key-path.ts";
import type { Problem } from "./problem.ts";
import type { CheckedPair } from "./schema.ts";
import { didYouMean } from "./suggest.ts";

type Fault = Omit<Problem, "line" | "column" | "key">;

/** One side of a pair that is right in itself; its account may have problems of its own. */
interface Party {
  readonly network: string;
  readonly account: NamedAccount | undefined;
  /** Canonical, as the number is. */
  readonly address: string;
  readonly number: string | undefined;
  readonly name: string;
}
type Parties = readonly [Party, Party];

/** Checks what the schema can't see: accounts, numbers, addresses, and that no pair contradicts another. */
export function checkPairs(
  /** As far as they fit the schema, under their place in the list. */
  pairs: ReadonlyMap<number, CheckedPair>,
  /** All that are in the file, those with problems of their own too. */
  accounts: ReadonlyMap<string, NamedAccount>,
  context: CheckContext,
): readonly PairConfig[] {
  const checked: PairConfig[] = [];
  const seen = new Map<string, number>();
  for (const [index, pair] of pairs) {
    const parties = new PairCheck(pair, index, accounts, context).run();
    if (parties === undefined) continue;
    refuseRepeats(parties, index, seen, context);
    const [one, other] = parties.map(usable);
    if (one !== undefined && other !== undefined) checked.push({ parties: [one, other] });
  }
  return checked;
}

function usable({ account, address, number, name }: Party): PartyConfig | undefined {
  if (account?.checked === undefined) return undefined;
  return {
    network: account.checked.network,
    account: account.checked.account,
    address: new Sensitive(address),
    ...(number === undefined ? {} : { number: new Sensitive(number) }),
    name,
  };
}

/** Says what is wrong at a place of the file, unless a secret that couldn't be had is why. */
export function report(context: CheckContext, path: KeyPath, fault: Fault): void {
  if (context.failed.some((secret) => isUnder(path, secret))) return;
  context.problems.push({ ...context.source.placeOf(path), key: printPath(path), ...fault });
}

/** What may be there once only, over all pairs. */
function refuseRepeats(
  [one, other]: Parties,
  index: number,
  seen: Map<string, number>,
  context: CheckContext,
): void {
  const refuse = (key: string, path: KeyPath, found: (line: string) => string, expected: string): boolean => {
    const before = seen.get(key);
    if (before === undefined) {
      seen.set(key, index);
      return false;
    }
    const { line } = context.source.placeOf(["pairs", before, ...path]);
    report(context, ["pairs", index, ...path], {
      found: found(`pairs[${before}] in line ${line}`),
      expected,
    });
    return true;
  };
  const people = [one, other].map((party) => `${party.network} ${party.address}`).toSorted();
  const repeated = refuse(
    `people ${people.join(" ")}`,
    [other.network],
    (where) => `the same two parties as in ${where}`,
    "each two parties in one pair",
  );
  for (const [party, peer] of [
    [one, other],
    [other, one],
  ] as const) {
    if (repeated) return;
    const who = `${party.network} ${party.address}`;
    if (party.number !== undefined) {
      const number = `number ${who} ${party.number}`;
      const found = (where: string) => `the same ${party.network} address and number as in ${where}`;
      if (refuse(number, ["number"], found, "another number for each conversation of one phone")) continue;
    }
    const name = peer.name.normalize("NFKC").toLowerCase();
    const found = (where: string) => `the same name for the same viewer as in ${where}`;
    refuse(
      `name ${who} ${name}`,
      ["names", peer.network],
      found,
      "a name that no one else has whom they talk to",
    );
  }
}

/** Checks one pair. */
class PairCheck {
  readonly #pair: CheckedPair;
  readonly #path: KeyPath;
  readonly #accounts: ReadonlyMap<string, NamedAccount>;
  readonly #context: CheckContext;
  #failed = false;

  constructor(
    pair: CheckedPair,
    index: number,
    accounts: ReadonlyMap<string, NamedAccount>,
    context: CheckContext,
  ) {
    this.#pair = pair;
    this.#path = ["pairs", index];
    this.#accounts = accounts;
    this.#context = context;
  }

  run(): Parties | undefined {
    const adapters = this.#context.adapters.filter(({ network }) => this.#text(network) !== undefined);
    const networks = adapters.map(({ network }) => String(network));
    if (networks.length !== 2) {
      const able = this.#context.adapters.filter(({ answersOnly }) => answersOnly !== true);
      const all = able.map(({ network }) => network).join(", ");
      this.#fail([], {
        found:
          networks.length === 1 ? "one party" : `${networks.length === 0 ? "no" : networks.length} parties`,
        expected: `exactly two of ${all}`,
      });
      return undefined;
    }
    this.#refuseStrangers(networks);
    const [one, other] = adapters.map((adapter) => this.#party(adapter));
    if (one === undefined || other === undefined) return undefined;
    const hasNone = ({ account }: Party) => account?.checked !== undefined && account.numbers === undefined;
    if (this.#pair.number !== undefined && !this.#failed && hasNone(one) && hasNone(other)) {
      this.#fail(["number"], {
        found: "a number",
        expected: "none: neither account has numbers of its own",
      });
    }
    return this.#failed ? undefined : [one, other];
  }

  /** Names and accounts of networks that no party is on. */
  #refuseStrangers(networks: readonly string[]): void {
    for (const network of Object.keys(this.#pair.names)) {
      if (networks.includes(network)) continue;
      this.#fail(["names", network], {
        found: `a name for ${network}`,
        expected: `names for ${networks.join(" and ")} only`,
      });
    }
    const named = this.#pair.account === undefined ? undefined : this.#accounts.get(this.#pair.account);
    if (this.#pair.account !== undefined && named === undefined) {
      this.#unknownAccount(["account"], this.#pair.account);
    } else if (named?.network !== undefined && !networks.includes(named.network)) {
      this.#fail(["account"], {
        found: `an account of ${named.network}`,
        expected: `an account of ${networks.join(" or ")}`,
      });
    }
  }

  #party(adapter: ConfigurableAdapter): Party | undefined {
    const { network } = adapter;
    const account = this.#account(network);
    const name = this.#pair.names[network];
    if (name === undefined) {
      this.#fail(["names", network], {
        found: "nothing",
        expected: `the name that this party is seen under by the other`,
      });
    }
    const text = this.#text(network) ?? "";
    const address = adapter.canonical(text);
    if (address === undefined) {
      this.#fail([network], { found: describeKind(text), expected: `an address on ${network}` });
    } else if (account?.numbers?.includes(address)) {
      this.#fail([network], { found: "one of the account's own numbers", expected: "a person's" });
    }
    const number = account && this.#number(account, adapter);
    return address === undefined || name === undefined
      ? undefined
      : { network, account, address, number, name };
  }

  /**
   * The account that `account` or `<network>Account` names, or the only one of the network. Undefined also when it may be one
   * whose network nobody can tell: that was said already.
   */
  #account(network: string): NamedAccount | undefined {
    const key = `${network}Account`;
    const own = this.#text(key);
    if (own !== undefined) {
      const account = this.#accounts.get(own);
      if (account === undefined) this.#unknownAccount([key], own);
      else if (account.network !== undefined && account.network !== network) {
        this.#fail([key], {
          found: `an account of ${account.network}`,
          expected: `an account of ${network}`,
        });
      }
      return account?.network === network ? account : undefined;
    }
    const main = this.#accounts.get(this.#pair.account ?? "");
    if (main?.network === network) return main;
    const all = [...this.#accounts.values()];
    if (all.some((account) => account.network === undefined)) return undefined;
    const candidates = all.filter((account) => account.network === network);
    if (candidates.length === 1) return candidates[0];
    this.#fail([network], {
      found: `${candidates.length === 0 ? "no account" : `${candidates.length} accounts`} of ${network}`,
      expected:
        candidates.length === 0 ? `one under "accounts"` : `"account" or "${key}" to name one of them`,
    });
    return undefined;
  }

  #number({ name, numbers }: NamedAccount, adapter: ConfigurableAdapter): string | undefined {
    if (numbers === undefined) return undefined;
    const written = this.#pair.number?.expose();
    if (written === undefined) {
      if (numbers.length === 1) return numbers[0];
      this.#fail(["number"], {
        found: "nothing",
        expected: `one of the ${numbers.length} numbers of ${printableKey(name)}`,
      });
      return undefined;
    }
    const number = adapter.canonical(written);
    if (number !== undefined && numbers.includes(number)) return number;
    this.#fail(["number"], {
      found: describeKind(written),
      expected: `one of the numbers of ${printableKey(name)}`,
    });
    return undefined;
  }

  #unknownAccount(path: KeyPath, name: string): void {
    const named = [...this.#accounts.keys()];
    const shown = named.filter((one) => printableKey(one) === one);
    const hint = didYouMean(name, shown);
    this.#fail(path, {
      found: "an unknown account",
      expected: `one of ${named.map(printableKey).join(", ")}`,
      ...(hint === undefined ? {} : { hint }),
    });
  }

  #fail(path: KeyPath, fault: Fault): void {
    this.#failed = true;
    report(this.#context, [...this.#path, ...path], fault);
  }

  /** A key of the pair that is named after a network, as text. */
  #text(key: string): string | undefined {
    const value: unknown = (this.#pair as Readonly<Record<string, unknown>>)[key]; // keys made by the schema
    if (value instanceof Sensitive) return String(value.expose());
    return typeof value === "string" ? value : undefined;
  }
}
