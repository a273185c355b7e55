import type { Attempt, Operation, Outcome, Profile } from "../../../src/adapter/index.ts";
import { notConnected, outcomeOfError, refused, retry } from "../outbound/outcomes.ts";
import { jidOf, type Person } from "../people.ts";
import type { WhatsAppPortal } from "../portal.ts";
import { Lock } from "../signal/lock.ts";
import type { GroupEntry } from "./book.ts";
import { gathered } from "./gathered.ts";
import { isHalfMade } from "./half-made.ts";
import type { GroupInfo } from "./info.ts";
import { alsoOf, formsOf, isPersonOf, memberOf } from "./members.ts";
import { codeIn, GONE, openGroup } from "./opening.ts";
import type { GroupParts } from "./parts.ts";
import { type GroupQueries, QueryRefused, QueryUnanswered } from "./queries.ts";
import { subjectOf } from "./subject.ts";

type Open = Extract<Operation, { kind: "openPortal" }> & { readonly profile: Profile };
type GroupPortal = WhatsAppPortal & { readonly group: string };

const DONE: Outcome = { kind: "done", refs: [] };
const UNSURE: Outcome = { kind: "unknown", reason: "unsure" };

/** The groups that this account has for conversations: one for each alias, with its person alone. */
export class Groups {
  readonly #parts: GroupParts;
  /** Groups are opened, and found again, one at a time. */
  readonly #opened = new Lock();

  constructor(parts: GroupParts) {
    this.#parts = parts;
  }

  open(operation: Open, attempt: Attempt): Promise<Outcome> {
    return openGroup(this.#parts, this.#opened, operation, attempt);
  }

  /** Calls a group as its profile says. */
  async rename({ group }: GroupPortal, profile: Profile, attempt: Attempt): Promise<Outcome> {
    return this.#asking(attempt, UNSURE, async (ask) => {
      const subject = subjectOf(profile);
      // What is called so already isn't said in the group once more.
      if ((await ask.info(group)).subject === subject) return DONE;
      await attempt.mark();
      await ask.subject(group, subject);
      return DONE;
    });
  }

  /** Leaves a group. It isn't ours from then on, whether or not that was heard: the next try leaves it all the same. */
  async close({ group }: GroupPortal, attempt: Attempt): Promise<Outcome> {
    const { book } = this.#parts;
    const outcome = await this.#asking(attempt, UNSURE, async (ask) => {
      await attempt.mark();
      const entry = await book.ofGroup(group);
      if (entry !== undefined) await book.forget(entry);
      await ask.leave(group);
      return DONE;
    });
    return outcome.kind === "refused" && outcome.reason === "gone" ? DONE : outcome;
  }

  /**
   * A group before something is sent to it, with its person in it and nobody else: whoever has left meanwhile is asked in again, as the
   * house does before the next message once it knows.
   */
  async ready({ group, to }: GroupPortal, attempt: Attempt): Promise<GroupInfo | Outcome> {
    const jid = jidOf(to);
    if (jid === undefined) return refused("unreachable", "portal");
    // Nothing of what is to be sent has gone out.
    const unsent = retry("network-error", "portal", !attempt.signal.aborted);
    return this.#asking<GroupInfo | Outcome>(attempt, unsent, async (ask) => {
      const info = await gathered(await ask.info(group), { to, jid }, ask, this.#parts);
      if (typeof info !== "string") return info;
      this.#parts.host.log.info("whatsapp.group.refused", { code: codeIn(info) });
      return refused("forbidden", "portal");
    });
  }

  /** Whether a group is ours, or could be one that was begun. */
  async mayBeOurs(group: string): Promise<boolean> {
    const { book } = this.#parts;
    return (await book.ofGroup(group)) !== undefined || (await book.begun()).length > 0;
  }

  /**
   * The entry of a group of ours, where this person is the one that it is for; undefined otherwise.
   * @throws QueryUnanswered when that can't be told now: then nothing may be taken in.
   */
  async of(group: string, person: Person): Promise<GroupEntry | undefined> {
    const entry = (await this.#parts.book.ofGroup(group)) ?? (await this.#begun(group, person));
    return entry !== undefined && isPersonOf(entry, person) ? entry : undefined;
  }

  /** They may be in a group already of which we don't know yet that it was made. */
  async #begun(group: string, person: Person): Promise<GroupEntry | undefined> {
    const { book } = this.#parts;
    if (!(await this.#isAwaited(person))) return undefined;
    return this.#opened.run(async () => {
      const known = await book.ofGroup(group);
      return known ?? (await this.#found(group, person));
    });
  }

  async #isAwaited(person: Person): Promise<boolean> {
    return (await this.#parts.book.begun()).some(({ to }) => formsOf(person).includes(to));
  }

  async #found(group: string, person: Person): Promise<GroupEntry | undefined> {
    const { book, ask, people } = this.#parts;
    const info = await infoOf(ask(), group);
    for (const begun of await book.begun()) {
      const { alias, to } = begun;
      if (info === undefined || !formsOf(person).includes(to)) continue;
      if (!(await isHalfMade(info, begun, this.#parts))) continue;
      const member = await memberOf(info, to, people);
      const also = member === undefined ? [] : alsoOf(member, to);
      const entry = { alias, group, to, also };
      await book.keep(entry);
      return entry;
    }
    return undefined;
  }

  /** Asks the server. @param unanswered what it means when no answer comes */
  async #asking<T = Outcome>(
    attempt: Attempt,
    unanswered: Outcome,
    work: (ask: GroupQueries) => Promise<T>,
  ): Promise<T | Outcome> {
    const { ask, restriction, host } = this.#parts;
    const queries = ask(attempt.signal);
    if (queries === undefined) return notConnected();
    if (attempt.signal.aborted) return retry("not-connected", "delivery", false);
    try {
      return await work(queries);
    } catch (error) {
      if (error instanceof QueryUnanswered) return unanswered;
      if (!(error instanceof QueryRefused)) throw error;
      host.log.warn("whatsapp.group.failed", { code: codeIn(error.code) });
      if (GONE.has(error.code)) return refused("gone", "portal");
      return outcomeOfError(error.code, restriction, "portal");
    }
  }
}

async function infoOf(ask: GroupQueries | undefined, group: string): Promise<GroupInfo | undefined> {
  if (ask === undefined) throw new QueryUnanswered();
  try {
    return await ask.info(group);
  } catch (error) {
    if (error instanceof QueryRefused) return undefined;
    throw error;
  }
}
