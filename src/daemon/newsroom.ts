import type { AccountState } from "../adapter/account.ts";
import { pairingWords } from "../commands/operators-word.ts";
import type { AccountId, DeliveryId } from "../model/ids.ts";
import type { Milliseconds } from "../model/time.ts";
import type { House } from "../pipeline/house.ts";
import type { OperatorChat } from "../pipeline/operator-chat.ts";
import { type AccountNews, type AccountSaying, heard, looked, noNews, WORKS } from "./account-news.ts";

/** A state of an account as it came. */
interface Report {
  readonly account: AccountId;
  readonly state: AccountState;
  readonly at: Milliseconds;
}

/** Tells who runs the bridge how its accounts are; what comes before the chat with them is open is kept until then. */
export class Newsroom {
  readonly #house: House;
  readonly #early: Report[] = [];
  readonly #news = new Map<AccountId, AccountNews>();
  readonly #pauses = new Map<AccountId, AbortController>();
  #told: ReadonlyMap<string, string> | undefined;
  #chat: OperatorChat | undefined;
  #closed = false;

  constructor(house: House) {
    this.#house = house;
  }

  /** An account says where it stands. */
  report(account: AccountId, state: AccountState): void {
    if (this.#closed) return;
    const report = { account, state, at: this.#house.clock.monotonic() };
    if (this.#told === undefined) this.#early.push(report);
    else this.#hear(report);
  }

  /** Begins to tell, with what came before. Never throws. */
  async open(chat: OperatorChat): Promise<void> {
    this.#chat = chat;
    const told = await chat.told();
    if (told === undefined) return this.close(); // a fault, which was logged, if it wasn't closed
    this.#told = told;
    for (const report of this.#early.splice(0)) this.#hear(report);
  }

  /** Says that the bridge works, for who has just set it up; gives the delivery by which that goes, where there is a chat yet. */
  async greet(): Promise<DeliveryId | undefined> {
    return await this.#chat?.greet(this.#house.texts.operatorGreeting({}));
  }

  /** Tells nothing any more. */
  close(): void {
    this.#closed = true;
    this.#chat?.close();
    this.#early.length = 0;
    for (const pause of this.#pauses.values()) pause.abort();
    this.#pauses.clear();
  }

  #hear({ account, state, at }: Report): void {
    this.#take(account, heard(this.#newsOf(account), state, at));
  }

  #look(account: AccountId): void {
    this.#take(account, looked(this.#newsOf(account), this.#house.clock.monotonic()));
  }

  #take(account: AccountId, { news, say, again }: ReturnType<typeof looked>): void {
    this.#pauses.get(account)?.abort();
    this.#pauses.delete(account);
    if (this.#closed) return;
    this.#news.set(account, news);
    if (say !== undefined) this.#chat?.tell({ account, ...this.#worded(account, say) });
    if (again !== undefined) this.#lookAt(account, again);
  }

  #lookAt(account: AccountId, at: Milliseconds): void {
    const { clock } = this.#house;
    const pause = new AbortController();
    this.#pauses.set(account, pause);
    clock.sleep(Math.max(0, at - clock.monotonic()), pause.signal).then(
      () => this.#look(account),
      () => undefined, // something came meanwhile
    );
  }

  #worded(id: AccountId, { key, what }: AccountSaying): { key: string | undefined; text: string } {
    const { capabilities, texts } = this.#house;
    const account = { network: capabilities(id).title, name: id };
    if (what === WORKS) return { key: undefined, text: texts.accountWorks({ account }) };
    const words =
      what.kind === "needs-pairing" || what.kind === "logged-out" ? this.#wordsFor(id) : undefined;
    return { key, text: texts.accountTrouble({ account, trouble: what, words }) };
  }

  /** By what they link it from their chat. */
  #wordsFor(id: AccountId): string | undefined {
    const linkable = this.#house.linkable();
    const found = linkable.find(({ account }) => account === id);
    return found && pairingWords(found, linkable);
  }

  #newsOf(account: AccountId): AccountNews {
    return this.#news.get(account) ?? noNews(this.#told?.get(account));
  }
}
