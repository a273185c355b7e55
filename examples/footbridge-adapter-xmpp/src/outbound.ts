import type { Element } from "@xmpp/component";
import { type Attempt, assertNever, type Operation, type Outcome, type Profile } from "footbridge/adapter";
import { canonicalJid } from "./address.ts";
import { type Between, chatMessage, presence } from "./compose.ts";
import { outcomeOfError } from "./conditions.ts";
import type { Answer } from "./connection.ts";
import type { Ghosts } from "./ghosts.ts";
import { chatOf, idOf, portalRef, readPortal, refOf, type XmppPortal } from "./portal.ts";

/** What the bridge itself is called. */
export const OWN_NAME = "Footbridge";
/** Servers take stanzas of 256 KiB from each other and no more; some of it is ours. In octets. */
const LONGEST = 200_000;

/** What a contact is called on somebody's list: as the bridge calls the conversation. */
function shownName({ name, title }: Profile): string {
  return title ?? name;
}

/** What asks the server: the connection, while there is one. */
type Deliver = (stanza: Element, signal: AbortSignal) => Promise<Answer>;

/** What an operation needs beside itself. */
interface Means {
  readonly domain: string;
  readonly ghosts: Ghosts;
  /** The connection's, while there is one. */
  deliver(): Deliver | undefined;
}

/** An operation that can be tried: what to store first, what to say, and what its end means. */
interface Work {
  readonly stanza: Element;
  before?(): Promise<void>;
  outcome(answer: Answer): Promise<Outcome> | Outcome;
}

/** It surely didn't happen, nothing else would either, and it is nobody's fault but the connection's. */
const NOT_CONNECTED: Outcome = { kind: "retry", reason: "not-connected", scope: "account", counts: false };
const DONE: Outcome = { kind: "done", refs: [] };

/** Does one operation: everything that needs no server first, then `mark`, then the stanza. */
export async function perform(operation: Operation, attempt: Attempt, means: Means): Promise<Outcome> {
  const work = workOf(operation, means);
  if ("kind" in work) return work;
  if (means.deliver() === undefined || attempt.signal.aborted) return NOT_CONNECTED;
  await attempt.mark();
  await work.before?.();
  // The connection may have gone, or been made anew, meanwhile.
  const deliver = means.deliver();
  return deliver === undefined ? NOT_CONNECTED : work.outcome(await deliver(work.stanza, attempt.signal));
}

function workOf(operation: Operation, means: Means): Work | Outcome {
  if (operation.kind === "openPortal") return opening(operation, means);
  const portal = readPortal(operation.portal);
  if (portal === undefined) return { kind: "refused", reason: "internal", scope: "portal" };
  switch (operation.kind) {
    case "updatePortal":
      return renaming(operation, portal, means);
    case "closePortal":
      return closing(operation, portal, means);
    case "send":
      return sending(operation, portal, means);
    default:
      return assertNever(operation);
  }
}

type Of<K extends Operation["kind"]> = Extract<Operation, { kind: K }>;

/** A person gets a contact request from a new JID of ours, which has the pseudonym. Asked twice it is the same one. */
function opening({ id, to, alias, profile }: Of<"openPortal">, { domain, ghosts }: Means): Work | Outcome {
  const person = canonicalJid(to.expose());
  if (person === undefined) return { kind: "refused", reason: "unreachable", scope: "delivery" };
  const isOwn = profile === "bridge";
  const name = isOwn ? OWN_NAME : shownName(profile);
  const portal: XmppPortal = { ours: alias, person, ...(isOwn ? { own: true } : {}) };
  return {
    stanza: presence(between(portal, domain), { type: "subscribe", name, id }),
    before: () => ghosts.set(alias, { name, person }),
    outcome: async (answer) => {
      const outcome = outcomeOf(answer);
      if (outcome.kind === "refused") await ghosts.forget(alias);
      if (outcome.kind !== "done") return outcome;
      return { ...outcome, opened: { portal: portalRef(portal), chat: chatOf(portal) } };
    },
  };
}

function renaming({ id, profile }: Of<"updatePortal">, portal: XmppPortal, { domain, ghosts }: Means): Work {
  const name = shownName(profile);
  return {
    stanza: presence(between(portal, domain), { name, id }),
    before: () => ghosts.set(portal.ours, { name, person: portal.person }),
    outcome: outcomeOf,
  };
}

/** The contact takes itself off their list. Whatever the server says of that: nothing more comes in from there. */
function closing({ id }: Of<"closePortal">, portal: XmppPortal, { domain, ghosts }: Means): Work {
  return {
    stanza: presence(between(portal, domain), { type: "unsubscribed", id }),
    outcome: async (answer) => {
      if (answer.kind !== "done" && answer.kind !== "error") return outcomeOf(answer);
      await ghosts.forget(portal.ours);
      return DONE;
    },
  };
}

function sending(operation: Of<"send">, portal: XmppPortal, { domain }: Means): Work | Outcome {
  const { id, content, replyTo } = operation;
  if (content.kind === "unbridgeable") return { kind: "refused", reason: "unsupported", scope: "delivery" };
  // In a participant's chat it has to be seen who speaks.
  const text =
    content.kind === "notice" && portal.own !== true ? `${OWN_NAME}: ${content.text}` : content.text;
  const quoted = replyTo === undefined ? {} : { replyTo: { id: idOf(replyTo), to: portal.person } };
  const stanza = chatMessage(between(portal, domain), { id, text, ...quoted });
  if (Buffer.byteLength(stanza.toString()) > LONGEST)
    return { kind: "refused", reason: "too-long", scope: "delivery" };
  const refs = [refOf(portal, id)];
  return {
    stanza,
    outcome: (answer) => {
      const outcome = outcomeOf(answer);
      // A receipt may still say that what is in doubt arrived.
      return outcome.kind === "done" || outcome.kind === "unknown" ? { ...outcome, refs } : outcome;
    },
  };
}

function between({ ours, person }: XmppPortal, domain: string): Between {
  return { from: `${ours}@${domain}`, to: person };
}

function outcomeOf(answer: Answer): Outcome {
  switch (answer.kind) {
    case "done":
      return DONE;
    case "error":
      return outcomeOfError(answer.condition);
    case "unsent":
      return NOT_CONNECTED;
    case "unanswered":
      return { kind: "unknown", reason: answer.reason };
    default:
      return assertNever(answer);
  }
}
