import type { Capabilities } from "../model/capabilities.ts";
import type { DeskRecord, Leg, Question } from "../model/conversation.ts";
import type { Reader } from "../model/texts.ts";
import type { Circumstances } from "../routing/effects.ts";

/** Where something is typed, as far as commands go. */
export interface Place {
  /**
   * `desk`: the bridge's own chat, while no conversation is open in it: bare words are commands. `conversation`: all is a
   * message but what begins with `/`. `shared`: the bridge's own chat with conversations in it, which is both at once.
   * `control`: a control room whose person waits for an answer to a request: bare words are commands, all else is kept for it.
   */
  readonly kind: "desk" | "conversation" | "shared" | "control";
  readonly reader: Reader;
  /** The network on which it is typed. */
  readonly network: Pick<Capabilities, "title" | "encryption" | "portals" | "groups">;
  /** All networks of this bridge: what can be preferred and unlinked. */
  readonly networks: readonly Pick<Capabilities, "network">[];
  /** The number or user that the bridge itself is reached at, for those who are in a conversation. */
  readonly desk?: string | undefined;
}

/** A desk as a place to type in. While the bridge waits for somebody's first text, bare words are none of its commands. */
export function placeOfDesk(
  { threads }: DeskRecord,
  leg: Leg,
  question: Question | undefined,
  circumstances: Circumstances,
): Place {
  const network = circumstances.capabilitiesOf(leg.account);
  return {
    kind: kindOf(threads, question, network),
    reader: readerOn(network),
    network,
    networks: circumstances.networks,
  };
}

function kindOf(
  threads: DeskRecord["threads"],
  question: Question | undefined,
  { portals }: Capabilities,
): Place["kind"] {
  if (question?.kind === "first-text") return "shared";
  if (threads.length === 0) return "desk";
  // Conversations have rooms of their own there: what is led in the bridge's only waits.
  return portals === "opened" ? "control" : "shared";
}

/** Whether bare words are commands there. */
export function hasBareWords({ kind }: Pick<Place, "kind">): boolean {
  return kind === "desk" || kind === "control";
}

/** How people are known on a network. */
export function readerOn({ optOutWords, portals }: Capabilities): Reader {
  if (optOutWords) return "phone";
  // Where a portal is there by its address alone, people are known by numbers.
  return portals === "given" ? "number" : "user";
}
