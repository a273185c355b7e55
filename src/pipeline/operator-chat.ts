import { IntakeRefused, TryLater } from "../adapter/errors.ts";
import type { OperatorConfig } from "../config/index.ts";
import type { Conversation, DeskRecord } from "../model/conversation.ts";
import type { AccountId, ConversationId, DeliveryId } from "../model/ids.ts";
import { MINUTE, type Milliseconds, SECOND } from "../model/time.ts";
import { describeError } from "../observe/errors.ts";
import { KeyNotReady } from "../privacy/errors.ts";
import { notice, opening } from "../routing/decide.ts";
import { StoreAway, StoreFull } from "../store/redis/errors.ts";
import { conversationsOf } from "./errands/acquaintance.ts";
import type { Office } from "./errands/errand.ts";
import { askedAt, isOurs, readableDesks } from "./errands/home.ts";
import { deskLeg } from "./errands/link-parts.ts";
import { circumstancesOf } from "./house.ts";
import { commitUnlessDone, type OwnWork } from "./own-commit.ts";
import type { Door } from "./patience.ts";

/** The first octet of these commits' canonical ids (see errand.ts), and the second. */
const NEWS = 0x24;
const STEP = { told: 0, moved: 1, cleared: 2, greeted: 3 } as const;
/** The pause before another try. */
const PAUSE: Milliseconds = SECOND;

/** Something for who runs the bridge. `key` stands for it; undefined: that what was said of it before is over. */
interface OperatorNews {
  /** What it is about: an account's name, or another word that is none. */
  readonly subject: string;
  readonly key: string | undefined;
  readonly text: string;
  /** What the log says of it. */
  readonly logged: { readonly account: AccountId } | { readonly kind: string };
}

/**
 * The chat of the bridge with who runs it: the desk where they are asked on that network, or one that the bridge opens. What they
 * were told of a thing stands in the desk's record, written with the telling, so that a restart tells nothing twice.
 */
export class OperatorChat {
  readonly #office: Office;
  readonly #operator: OperatorConfig;
  readonly #door: Door;
  readonly #over = new AbortController();
  #last: Promise<unknown> = Promise.resolve();

  /** `door`: is waited for, while the store is away. */
  constructor(office: Office, operator: OperatorConfig, door: Door) {
    this.#office = office;
    this.#operator = operator;
    this.#door = door;
  }

  /** Tells it after what was to be told before; waits for a store that is away, and never throws. */
  tell(news: OperatorNews): void {
    this.#last = this.#last.then(() => this.#patiently(() => this.#say(news)));
  }

  /**
   * Says something that is of no account, as often as it is asked for.
   * @returns the delivery by which it goes; undefined when it was closed before, or by a fault, which was logged.
   */
  greet(text: string): Promise<DeliveryId | undefined> {
    const said = this.#last.then(() => this.#patiently(() => this.#greet(text)));
    this.#last = said;
    return said;
  }

  /** What they were last told of what doesn't work, by its subject; undefined when it was closed before that is known. */
  told(): Promise<ReadonlyMap<string, string> | undefined> {
    return this.#patiently(async () => {
      const marks = (await this.#desks()).flatMap(({ record }) => Object.entries(newsOf(record)));
      return new Map(marks);
    });
  }

  /** The conversations in which they are told. @throws StoreAway */
  async ownDesks(): Promise<ReadonlySet<ConversationId>> {
    return new Set((await this.#desks()).map(({ id }) => id));
  }

  /** Tells nothing any more. */
  close(): void {
    this.#over.abort();
  }

  /** Again and again, until it is done or fails by a fault of ours. */
  async #patiently<T>(work: () => Promise<T>): Promise<T | undefined> {
    const { clock, log, store } = this.#office.house;
    const { signal } = this.#over;
    while (!signal.aborted) {
      try {
        if (!this.#door.isOpen) await this.#door.open(MINUTE);
        return await work();
      } catch (error) {
        if (error instanceof KeyNotReady) await store.vault.keyring.prepare().catch(() => undefined);
        else if (!isPassing(error)) {
          log.error("operator.untold", describeError(error));
          return undefined;
        }
        await clock.sleep(PAUSE, signal).catch(() => undefined); // closed meanwhile
      }
    }
    return undefined;
  }

  async #say(news: OperatorNews): Promise<void> {
    const { committer, house } = this.#office;
    const here = await this.#desk();
    if (!here.record.open) throw new TryLater(); // whose it was is being forgotten: then there is a new one
    await this.#gather(news.subject, here.id);
    const isTold = await commitUnlessDone(house, committer, here.id, [NEWS, STEP.told], (desk) =>
      this.#telling(desk, news),
    );
    if (isTold) house.log.info("operator.told", news.logged);
  }

  #telling(desk: Conversation, { subject, key, text }: OperatorNews): OwnWork | undefined {
    const { record } = desk;
    if (record.origin !== "desk" || newsOf(record)[subject] === key) return undefined;
    const saying = this.#saying(desk, text);
    const changed = { kind: "record", record: withNews(record, subject, key) } as const;
    return saying && { ...saying, changes: [changed, ...saying.changes] };
  }

  async #greet(text: string): Promise<DeliveryId | undefined> {
    const { committer, house } = this.#office;
    const here = await this.#desk();
    if (!here.record.open) throw new TryLater(); // as with news
    let by: DeliveryId | undefined;
    await commitUnlessDone(house, committer, here.id, [NEWS, STEP.greeted], (desk) => {
      const saying = this.#saying(desk, text);
      by = saying?.deliveries.at(-1)?.id;
      return saying;
    });
    return by;
  }

  #saying(desk: Conversation, text: string): OwnWork | undefined {
    const leg = deskLeg(desk);
    if (leg === undefined) return undefined;
    const circumstances = circumstancesOf(this.#office.house);
    // A room of ours is made when it is needed first, and whoever has left it is asked in again.
    const opens = isOurs(desk) && (leg.away || leg.portal === undefined);
    return {
      changes: opens ? [{ kind: "leg", leg: { ...leg, away: false } }] : [],
      deliveries: [...(opens ? [opening(leg, circumstances)] : []), notice(leg, text, circumstances)],
    };
  }

  /** Where they were told of a thing isn't where they are told now: what they know goes along. */
  async #gather(subject: string, here: ConversationId): Promise<void> {
    for (const { id, record } of await this.#desks()) {
      const mark = newsOf(record)[subject];
      if (id === here || mark === undefined) continue;
      await this.#change(here, STEP.moved, (desk) =>
        newsOf(desk)[subject] === undefined ? withNews(desk, subject, mark) : undefined,
      );
      await this.#change(id, STEP.cleared, (desk) =>
        newsOf(desk)[subject] === undefined ? undefined : withNews(desk, subject, undefined),
      );
    }
  }

  async #change(
    desk: ConversationId,
    step: number,
    change: (record: DeskRecord) => DeskRecord | undefined,
  ): Promise<void> {
    const { committer, house } = this.#office;
    await commitUnlessDone(house, committer, desk, [NEWS, step], ({ record }) => {
      const changed = record.origin === "desk" ? change(record) : undefined;
      return changed && { changes: [{ kind: "record", record: changed }], deliveries: [] };
    });
  }

  /** The desk where they are told. */
  async #desk(): Promise<Conversation> {
    const { desks, house } = this.#office;
    const { account, address, network } = this.#operator;
    const person = await house.people.findOrCreate(network, address);
    const fit = await readableDesks(house, person, { account, to: address });
    const { home } = await house.settings.of(person);
    return askedAt(fit, home) ?? (await desks.ofOurs(account, address, person));
  }

  /** All of their desks. */
  async #desks(): Promise<readonly (Conversation & { readonly record: DeskRecord })[]> {
    const { house } = this.#office;
    const person = await house.people.find(this.#operator.network, this.#operator.address);
    const all = person === undefined ? [] : await conversationsOf(house, person);
    return all.flatMap((desk) => (desk.record.origin === "desk" ? [{ ...desk, record: desk.record }] : []));
  }
}

function newsOf(record: Conversation["record"]): Readonly<Record<string, string>> {
  return (record.origin === "desk" && record.news) || {};
}

/** The record when its person was told something; `key` undefined: that it is over. */
function withNews(record: DeskRecord, subject: string, key: string | undefined): DeskRecord {
  const { [subject]: _before, ...others } = newsOf(record);
  return { ...record, news: key === undefined ? others : { ...others, [subject]: key } };
}

/** Whether it goes by itself: the store is away or full, or somebody is being forgotten. */
function isPassing(error: unknown): boolean {
  return [StoreAway, StoreFull, TryLater, IntakeRefused].some((kind) => error instanceof kind);
}
