import { hash } from "node:crypto";
import type { Attempt, Operation, Outcome, PortalAlias, Profile } from "../../../src/adapter/index.ts";
import { notConnected, outcomeOfError, refused, restricted, retry } from "../outbound/outcomes.ts";
import { jidOf } from "../people.ts";
import { chatOf, portalRef } from "../portal.ts";
import type { Lock } from "../signal/lock.ts";
import type { GroupEntry } from "./book.ts";
import { ALREADY_IN } from "./gathered.ts";
import { isHalfMade } from "./half-made.ts";
import type { GroupInfo } from "./info.ts";
import { alsoOf, memberOf } from "./members.ts";
import type { GroupParts } from "./parts.ts";
import { type GroupQueries, QueryRefused, QueryUnanswered } from "./queries.ts";
import { subjectOf } from "./subject.ts";

type Open = Extract<Operation, { kind: "openPortal" }> & { readonly profile: Profile };

/** What an error of a query says of a group: we aren't in it, or it is no longer there. */
export const GONE: ReadonlySet<string> = new Set(["403", "404", "410"]);

/** There is nobody. All other errors are their own will: whom they let put them into groups, whom they have blocked. */
const NOBODY = "404";

/** One try of opening a group. Each step finds what an earlier try left. */
class Opening {
  readonly #parts: GroupParts;
  readonly #operation: Open;
  readonly #attempt: Attempt;
  readonly #jid: string;
  readonly #ask: GroupQueries;
  #isMarked = false;
  /** What is known of the group that the alias has. */
  #entry: GroupEntry | undefined;

  constructor(parts: GroupParts, operation: Open, attempt: Attempt, jid: string, ask: GroupQueries) {
    this.#parts = parts;
    this.#operation = operation;
    this.#attempt = attempt;
    this.#jid = jid;
    this.#ask = ask;
  }

  async run(): Promise<Outcome> {
    try {
      const found = (await this.#known()) ?? (await this.#halfMade());
      if (found !== undefined) {
        await this.#mark();
        return await this.#finish(found);
      }
      const wait = await this.#waitForTurn();
      return wait ?? (await this.#finish(await this.#make()));
    } catch (error) {
      if (error instanceof QueryRefused) return this.#refused(error.code);
      if (!(error instanceof QueryUnanswered)) throw error;
      // What was only looked at didn't happen.
      return this.#isMarked
        ? { kind: "unknown", reason: "unsure" }
        : retry("network-error", "portal", !this.#attempt.signal.aborted);
    }
  }

  /** The group that the alias has, as long as we are in it. */
  async #known(): Promise<GroupInfo | undefined> {
    const { book } = this.#parts;
    const entry = await book.ofAlias(this.#operation.alias);
    if (entry === undefined) return undefined;
    this.#entry = entry;
    try {
      return await this.#ask.info(entry.group);
    } catch (error) {
      if (!(error instanceof QueryRefused && GONE.has(error.code))) throw error;
      await book.forget(entry);
      return undefined;
    }
  }

  /** The group that an earlier try left. */
  async #halfMade(): Promise<GroupInfo | undefined> {
    const { alias } = this.#operation;
    const begun = (await this.#parts.book.begun()).find((one) => one.alias === alias);
    if (begun === undefined) return undefined;
    for (const info of await this.#ask.all()) if (await isHalfMade(info, begun, this.#parts)) return info;
    return undefined;
  }

  async #waitForTurn(): Promise<Outcome | undefined> {
    const { restriction, pacing } = this.#parts;
    const { signal } = this.#attempt;
    try {
      const turn = await pacing.turn(this.#operation.alias, signal);
      if (turn.kind === "later") return { ...retry("throttled", turn.scope, false), after: turn.after };
    } catch {
      return retry("not-connected", "delivery", false);
    }
    return restriction.left > 0 ? restricted(restriction.left) : undefined;
  }

  async #make(): Promise<GroupInfo> {
    const { book, host } = this.#parts;
    const { alias, to } = this.#operation;
    const subject = subjectOf(this.#operation.profile);
    await book.begin({ alias, to: to.expose(), subject, at: host.clock.now() });
    await this.#mark();
    return this.#ask.create(subject, this.#jid, keyOf(alias));
  }

  async #mark(): Promise<void> {
    await this.#attempt.mark();
    if (this.#attempt.signal.aborted) throw new QueryUnanswered();
    this.#isMarked = true;
  }

  async #finish(info: GroupInfo): Promise<Outcome> {
    const { book, own, people } = this.#parts;
    const { alias, profile } = this.#operation;
    const to = this.#operation.to.expose();
    const { group } = info;
    const member = await memberOf(info, to, people);
    const error = member === undefined ? await this.#ask.add(group, this.#jid) : member.error;
    if (error !== undefined && error !== ALREADY_IN) return this.#leave(info, error);
    // From now on what they write there is taken in.
    const also = member === undefined ? (this.#entry?.also ?? []) : alsoOf(member, to);
    await book.keep({ alias, group, to, also });
    if (!info.onlyAdminsAdd) await this.#ask.onlyAdminsAdd(group);
    if (!info.isLocked) await this.#ask.lock(group);
    const subject = subjectOf(profile);
    if (info.subject !== subject) await this.#ask.subject(group, subject);
    const portal = { number: own().number, to, group };
    return { kind: "done", refs: [], opened: { portal: portalRef(portal), chat: chatOf(portal) } };
  }

  /** They aren't in it and can't be: nobody is left in an empty group. */
  async #leave({ group }: GroupInfo, error: string): Promise<Outcome> {
    const { book, host } = this.#parts;
    host.log.info("whatsapp.group.refused", { code: codeIn(error) });
    await this.#ask.leave(group);
    await book.forget({ alias: this.#operation.alias, group, to: "", also: [] });
    return refused(error === NOBODY ? "unreachable" : "forbidden", "portal");
  }

  async #refused(code: string): Promise<Outcome> {
    const { book, host, restriction } = this.#parts;
    host.log.warn("whatsapp.group.failed", { code: codeIn(code) });
    const outcome = await outcomeOfError(code, restriction, "portal");
    if (outcome.kind === "refused") await book.drop(this.#operation.alias);
    return outcome;
  }
}

/** Opens a group for an alias, or finds the one that it has. */
export async function openGroup(
  parts: GroupParts,
  opened: Lock,
  operation: Open,
  attempt: Attempt,
): Promise<Outcome> {
  const jid = jidOf(operation.to.expose());
  if (jid === undefined) return refused("unreachable", "portal");
  // One at a time, so that a group that was half made is taken by one alias alone.
  return opened.run(async () => {
    const { restriction, ask } = parts;
    if (restriction.left > 0) return restricted(restriction.left);
    if (attempt.signal.aborted) return retry("not-connected", "delivery", false);
    const queries = ask(attempt.signal);
    if (queries === undefined) return notConnected();
    return new Opening(parts, operation, attempt, jid, queries).run();
  });
}

/** What the request says of itself: the same at each try, should the server look at it. whatsmeow group.go (`CreateKey`). */
function keyOf(alias: PortalAlias): string {
  return hash("sha256", `whatsapp group ${alias}`).slice(0, 18).toUpperCase();
}

/** A code as a log may have it: what a server writes there could be anything. */
export function codeIn(error: string): string {
  return /^\d{3}$/.test(error) ? error : "other";
}
