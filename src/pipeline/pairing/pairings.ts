import type { Account } from "../../adapter/account.ts";
import type { PairingStep } from "../../adapter/pairing.ts";
import type { Leg } from "../../model/conversation.ts";
import type { AccountId, CanonicalId, ConversationId } from "../../model/ids.ts";
import { describeError } from "../../observe/errors.ts";
import { notice } from "../../routing/decide.ts";
import { circumstancesOf, type House } from "../house.ts";
import { type Committer, commitUnlessDone } from "../own-commit.ts";
import { Screen } from "./screen.ts";

/** The first octets of these commits' canonical ids (see errand.ts). */
const PAIRED = [0x25, 0] as const;

/** Somebody who may wants an account linked, and is shown in their chat what has to be scanned or typed. */
interface Wish {
  /** The event that asks for it. */
  readonly id: CanonicalId;
  readonly account: AccountId;
  readonly by: "qr" | "code";
  /** Where it was asked for, and is answered. */
  readonly desk: ConversationId;
  readonly leg: Leg;
}

/**
 * Links accounts with their phones, from the chat of who runs the bridge: where they ask for it they are shown what is to be
 * scanned or typed, past the store, and told what became of it. A restart ends it.
 */
export class Pairings {
  readonly #house: House;
  readonly #committer: Committer;
  readonly #accounts: ReadonlyMap<AccountId, Account>;
  readonly #underWay = new Map<
    AccountId,
    { readonly wish: Wish; readonly abort: AbortController; readonly ended: Promise<void> }
  >();
  #closed = false;

  constructor(house: House, committer: Committer, accounts: ReadonlyMap<AccountId, Account>) {
    this.#house = house;
    this.#committer = committer;
    this.#accounts = accounts;
  }

  /** Begins it, instead of what was asked for before; once for each wish. */
  begin(wish: Wish): void {
    const before = this.#underWay.get(wish.account);
    if (this.#closed || before?.wish.id === wish.id) return;
    before?.abort.abort();
    const abort = new AbortController();
    const ended = Promise.resolve(before?.ended)
      .then(() => this.#link(wish, abort.signal))
      .catch((error: unknown) =>
        this.#house.log.error("pairing.failed", { account: wish.account, ...describeError(error) }),
      )
      .finally(() => {
        if (this.#underWay.get(wish.account)?.abort === abort) this.#underWay.delete(wish.account);
      });
    this.#underWay.set(wish.account, { wish, abort, ended });
  }

  /** Ends what is under way; nothing is shown any more when it resolves. */
  async close(): Promise<void> {
    this.#closed = true;
    const all = [...this.#underWay.values()];
    for (const { abort } of all) abort.abort();
    await Promise.all(all.map(({ ended }) => ended));
  }

  async #link(wish: Wish, life: AbortSignal): Promise<void> {
    const { title } = this.#house.capabilities(wish.account);
    const screen = new Screen(this.#house, title, this.#accounts.get(wish.leg.account), wish.leg);
    const unshown = new AbortController();
    const signal = AbortSignal.any([life, unshown.signal]);
    const steps = this.#accounts.get(wish.account)?.pair?.({ kind: wish.by }, signal) ?? [];
    let end: string | undefined;
    try {
      for await (const step of steps) {
        // Each step is the end of what was shown: used, replaced, or gone with its connection.
        if (step.kind !== "qr" && step.kind !== "code") await screen.clear();
        else if (!(await screen.show(step, signal)) && !signal.aborted) {
          end = this.#unshown(wish);
          unshown.abort();
        }
        end ??= this.#endOf(step, wish);
      }
    } finally {
      await screen.clear();
    }
    if (end !== undefined) await this.#say(wish, end);
  }

  #unshown({ account }: Wish): string {
    return this.#house.texts.pairUnshown({ account: this.#named(account) });
  }

  /** What is said when it is the last step. */
  #endOf(step: PairingStep, { account }: Wish): string | undefined {
    const { texts } = this.#house;
    if (step.kind === "paired") return texts.paired({ account: this.#named(account) });
    if (step.kind !== "refused") return undefined;
    return texts.notPaired({ account: this.#named(account), remedy: step.remedy });
  }

  #named(account: AccountId): { readonly network: string; readonly name: string } {
    return { network: this.#house.capabilities(account).title, name: account };
  }

  /** What became of it is a text like any other: it waits for a network that is away, and survives a restart. */
  async #say({ desk, leg }: Wish, text: string): Promise<void> {
    await commitUnlessDone(this.#house, this.#committer, desk, PAIRED, () => ({
      changes: [],
      deliveries: [notice(leg, text, circumstancesOf(this.#house))],
    }));
  }
}
