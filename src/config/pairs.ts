import { Sensitive } from "../model/sensitive.ts";
import type { CheckContext, CheckedAccount } from "./accounts.ts";
import type { PairConfig, PartyConfig } from "./config.ts";
import { describeKind } from "./describe.ts";
import { isUnder, type KeyPath, printableKey, printPath } from "./key-path.ts";
import type { Problem } from "./problem.ts";
import type { CheckedPair } from "./schema.ts";
import { didYouMean } from "./suggest.ts";

type Fault = Omit<Problem, "line" | "column" | "key">;

/** Checks what the schema can't see: accounts, numbers, addresses, and that no pair contradicts another. */
export function checkPairs(
  /** As far as they fit the schema, under their place in the list. */
  pairs: ReadonlyMap<number, CheckedPair>,
  accounts: ReadonlyMap<string, CheckedAccount>,
  /** Accounts that are in the file, those with problems of their own too. */
  named: readonly string[],
  context: CheckContext,
): readonly PairConfig[] {
  const checked: PairConfig[] = [];
  const seen = new Map<string, number>();
  for (const [index, pair] of pairs) {
    const one = new PairCheck(pair, index, accounts, named, context).run();
    if (one === undefined) continue;
    refuseRepeats(one, index, seen, context);
    checked.push(one);
  }
  return checked;
}

function report(context: CheckContext, path: KeyPath, fault: Fault): void {
  if (context.failed.some((secret) => isUnder(path, secret))) return;
  context.problems.push({ ...context.source.placeOf(path), key: printPath(path), ...fault });
}

/** What may be there once only, over all pairs. */
function refuseRepeats(
  pair: PairConfig,
  index: number,
  seen: Map<string, number>,
  context: CheckContext,
): void {
  const [one, other] = pair.parties;
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
  const people = [one, other].map((party) => `${party.network} ${party.address.expose()}`).toSorted();
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
    const who = `${party.network} ${party.address.expose()}`;
    if (party.number !== undefined) {
      const number = `number ${who} ${party.number.expose()}`;
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
  readonly #accounts: ReadonlyMap<string, CheckedAccount>;
  readonly #named: readonly string[];
  readonly #context: CheckContext;
  #failed = false;

  constructor(
    pair: CheckedPair,
    index: number,
    accounts: ReadonlyMap<string, CheckedAccount>,
    named: readonly string[],
    context: CheckContext,
  ) {
    this.#pair = pair;
    this.#path = ["pairs", index];
    this.#accounts = accounts;
    this.#named = named;
    this.#context = context;
  }

  run(): PairConfig | undefined {
    const networks = this.#context.adapters
      .map((adapter) => String(adapter.network))
      .filter((network) => this.#text(network) !== undefined);
    if (networks.length !== 2) {
      const all = this.#context.adapters.map((adapter) => adapter.network).join(", ");
      this.#fail([], {
        found:
          networks.length === 1 ? "one party" : `${networks.length === 0 ? "no" : networks.length} parties`,
        expected: `exactly two of ${all}`,
      });
      return undefined;
    }
    this.#refuseStrangers(networks);
    const [one, other] = networks.map((network) => this.#party(network));
    if (one !== undefined && other !== undefined && one.number === undefined && other.number === undefined) {
      if (this.#pair.number !== undefined && !this.#failed) {
        this.#fail(["number"], {
          found: "a number",
          expected: "none: neither account has numbers of its own",
        });
      }
    }
    return one === undefined || other === undefined || this.#failed ? undefined : { parties: [one, other] };
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
    if (this.#pair.account !== undefined && !this.#named.includes(this.#pair.account)) {
      this.#unknownAccount(["account"], this.#pair.account);
    } else if (named !== undefined && !networks.includes(named.network)) {
      this.#fail(["account"], {
        found: `an account of ${named.network}`,
        expected: `an account of ${networks.join(" or ")}`,
      });
    }
  }

  #party(network: string): PartyConfig | undefined {
    const account = this.#account(network);
    const name = this.#pair.names[network];
    if (name === undefined) {
      this.#fail(["names", network], {
        found: "nothing",
        expected: `the name that this party is seen under by the other`,
      });
    }
    if (account === undefined || name === undefined) return undefined;
    const text = this.#text(network) ?? "";
    const address = account.adapter.canonical(text, account.config);
    if (address === undefined) {
      this.#fail([network], { found: describeKind(text), expected: `an address on ${network}` });
      return undefined;
    }
    if (account.numbers?.includes(address)) {
      this.#fail([network], { found: "one of the account's own numbers", expected: "a person's" });
    }
    const number = this.#number(account);
    return {
      network: account.network,
      account: account.account,
      address: new Sensitive(address),
      ...(number === undefined ? {} : { number: new Sensitive(number) }),
      name,
    };
  }

  /** The account that `account` or `<network>Account` names, or the only one of the network. */
  #account(network: string): CheckedAccount | undefined {
    const key = `${network}Account`;
    const own = this.#text(key);
    if (own !== undefined) {
      const account = this.#accounts.get(own);
      if (account?.network === network) return account;
      if (!this.#named.includes(own)) this.#unknownAccount([key], own);
      else if (account !== undefined) {
        this.#fail([key], {
          found: `an account of ${account.network}`,
          expected: `an account of ${network}`,
        });
      }
      this.#failed = true;
      return undefined;
    }
    const main = this.#accounts.get(this.#pair.account ?? "");
    if (main?.network === network) return main;
    const candidates = [...this.#accounts.values()].filter((account) => account.network === network);
    const broken = this.#named.length > this.#accounts.size; // it may be one of those: that was said already
    if (candidates.length === 1 && !broken) return candidates[0];
    this.#failed = true;
    if (!broken) {
      this.#fail([network], {
        found: `${candidates.length === 0 ? "no account" : `${candidates.length} accounts`} of ${network}`,
        expected:
          candidates.length === 0 ? `one under "accounts"` : `"account" or "${key}" to name one of them`,
      });
    }
    return undefined;
  }

  #number(account: CheckedAccount): string | undefined {
    const { numbers } = account;
    if (numbers === undefined) return undefined;
    const written = this.#pair.number?.expose();
    if (written === undefined) {
      if (numbers.length === 1) return numbers[0];
      this.#fail(["number"], {
        found: "nothing",
        expected: `one of the ${numbers.length} numbers of ${account.account}`,
      });
      return undefined;
    }
    const number = account.adapter.canonical(written, account.config);
    if (number !== undefined && numbers.includes(number)) return number;
    this.#fail(["number"], {
      found: describeKind(written),
      expected: `one of the numbers of ${account.account}`,
    });
    return undefined;
  }

  #unknownAccount(path: KeyPath, name: string): void {
    const hint = didYouMean(name, this.#named);
    this.#fail(path, {
      found: "an unknown account",
      expected: `one of ${this.#named.map(printableKey).join(", ")}`,
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
