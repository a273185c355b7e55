import type { AccountState } from "../adapter/account.ts";
import { pairingWords } from "../commands/operators-word.ts";
import type { AccountId, ConversationId, DeliveryId } from "../model/ids.ts";
import type { AccountTrouble, Alert } from "../model/texts.ts";
import type { Milliseconds } from "../model/time.ts";
import type { House } from "../pipeline/house.ts";
import type { OperatorChat } from "../pipeline/operator-chat.ts";
import { heard } from "./account-news.ts";
import { type AlertSubject, partsOf } from "./alerts.ts";
import { hear, looked, type News, type NewsStep, noNews, type Saying, type Trouble, WORKS } from "./news.ts";

type Subject = AccountId | AlertSubject;
type What = AccountTrouble | Alert;

/** How a thing is, as it came. */
interface Report {
  readonly subject: Subject;
  readonly step: (news: News<What>) => NewsStep<What>;
}

/** Tells who runs the bridge how its accounts and the bridge itself are; what comes before the chat with them is open is kept. */
export class Newsroom {
  readonly #house: House;
  readonly #early: Report[] = [];
  readonly #news = new Map<Subject, News<What>>();
  readonly #pauses = new Map<Subject, AbortController>();
  readonly #opened = Promise.withResolvers<void>();
  #told: ReadonlyMap<string, string> | undefined;
  #chat: OperatorChat | undefined;
  #closed = false;

  constructor(house: House) {
    this.#house = house;
  }

  /** An account says where it stands. */
  report(account: AccountId, state: AccountState): void {
    const at = this.#house.clock.monotonic();
    // What is known of an account is of accounts alone.
    this.#receive({ subject: account, step: (news) => heard(news as News<AccountTrouble>, state, at) });
  }

  /** Something of the bridge itself is wrong, or isn't (any more). */
  alert(subject: AlertSubject, fact: Trouble<Alert> | typeof WORKS): void {
    const at = this.#house.clock.monotonic();
    this.#receive({ subject, step: (news) => hear(news, fact, at) });
  }

  /** Gives the key of what they were last told of a thing; resolves when that is known, or the newsroom has closed. */
  async told(): Promise<(subject: AlertSubject) => string> {
    await this.#opened.promise;
    return (subject) => this.#newsOf(subject).told;
  }

  /** The desks where they are told: what is said there is never news. @throws StoreAway */
  async ownDesks(): Promise<ReadonlySet<ConversationId>> {
    return (await this.#chat?.ownDesks()) ?? new Set();
  }

  /** Begins to tell, with what came before. Never throws. */
  async open(chat: OperatorChat): Promise<void> {
    this.#chat = chat;
    const told = await chat.told();
    if (told === undefined) return this.close(); // a fault, which was logged, if it wasn't closed
    this.#told = told;
    for (const report of this.#early.splice(0)) this.#receive(report);
    this.#opened.resolve();
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
    this.#opened.resolve();
  }

  #receive(report: Report): void {
    if (this.#closed) return;
    if (this.#told === undefined) this.#early.push(report);
    else this.#take(report.subject, report.step(this.#newsOf(report.subject)));
  }

  #take(subject: Subject, { news, say, again }: NewsStep<What>): void {
    this.#pauses.get(subject)?.abort();
    this.#pauses.delete(subject);
    if (this.#closed) return;
    this.#news.set(subject, news);
    if (say !== undefined) this.#tell(subject, say);
    if (again !== undefined) this.#lookAt(subject, again);
  }

  #lookAt(subject: Subject, at: Milliseconds): void {
    const { clock } = this.#house;
    const pause = new AbortController();
    this.#pauses.set(subject, pause);
    clock.sleep(Math.max(0, at - clock.monotonic()), pause.signal).then(
      () => this.#take(subject, looked(this.#newsOf(subject), clock.monotonic())),
      () => undefined, // something came meanwhile
    );
  }

  #tell(subject: Subject, { key, what }: Saying<What>): void {
    const { texts } = this.#house;
    const mark = what === WORKS ? undefined : key;
    if (isAlert(subject)) {
      const { kind, name } = partsOf(subject);
      const text = what === WORKS ? texts.alertOver({ kind, name }) : texts.alert(what as Alert); // of an alert's subject
      this.#chat?.tell({ subject, key: mark, text, logged: { kind } });
      return;
    }
    const text = this.#accountText(subject, what as AccountTrouble | typeof WORKS); // of an account
    this.#chat?.tell({ subject, key: mark, text, logged: { account: subject } });
  }

  #accountText(id: AccountId, what: AccountTrouble | typeof WORKS): string {
    const { capabilities, texts } = this.#house;
    const account = { network: capabilities(id).title, name: id };
    if (what === WORKS) return texts.accountWorks({ account });
    const words =
      what.kind === "needs-pairing" || what.kind === "logged-out" ? this.#wordsFor(id) : undefined;
    return texts.accountTrouble({ account, trouble: what, words });
  }

  /** By what they link it from their chat. */
  #wordsFor(id: AccountId): string | undefined {
    const linkable = this.#house.linkable();
    const found = linkable.find(({ account }) => account === id);
    return found && pairingWords(found, linkable);
  }

  #newsOf(subject: Subject): News<What> {
    return this.#news.get(subject) ?? noNews(this.#told?.get(subject));
  }
}

function isAlert(subject: Subject): subject is AlertSubject {
  return subject.includes(".");
}
