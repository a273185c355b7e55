import type { Capabilities, EncryptionLevel } from "../model/capabilities.ts";
import { type Conversation, type Leg, legOfSeat } from "../model/conversation.ts";
import type { Texts } from "../model/texts.ts";
import type { Circumstances } from "./effects.ts";

const LEVELS: readonly EncryptionLevel[] = ["none", "transport", "bridge"];

/** What is said at the beginning of a conversation of its weakest hop, to somebody on `own`, and of what they can't call back. */
export function hopText(own: Capabilities, others: readonly Capabilities[], texts: Texts): string {
  const weakest = weakestOf([...others, own]) ?? own;
  const unrecallable = others.filter(({ features }) => features.delete === "none").map(({ title }) => title);
  return texts.weakestHop({
    network: weakest.title,
    encryption: weakest.encryption,
    unrecallable: [...new Set(unrecallable)],
  });
}

/** What is said to whom when somebody is reached elsewhere, and another hop is the weakest by that; else nothing. */
export function hopChange(
  before: Conversation,
  after: Conversation,
  { capabilitiesOf, texts }: Circumstances,
): readonly { readonly leg: Leg; readonly text: string }[] {
  const capabilities = ({ account }: Leg): Capabilities => capabilitiesOf(account);
  const [was, legs] = [weakestOf(reached(before).map(capabilities)), reached(after)];
  const is = weakestOf(legs.map(capabilities));
  const isSame = was?.network === is?.network && was?.encryption === is?.encryption;
  if (isSame || legs.length < 2 || !after.record.open) return [];
  return legs.map((leg) => {
    const others = legs.filter((each) => each !== leg).map(capabilities);
    return { leg, text: hopText(capabilities(leg), others, texts) };
  });
}

/** Where those who take part are reached. */
function reached(conversation: Conversation): readonly Leg[] {
  const present = conversation.seats.filter(({ state }) => state === "accepted");
  return present.flatMap((seat) => legOfSeat(conversation, seat) ?? []);
}

/** Of hops that are as weak the first one. */
function weakestOf(hops: readonly Capabilities[]): Capabilities | undefined {
  const level = ({ encryption }: Capabilities): number => LEVELS.indexOf(encryption);
  return hops.reduce<Capabilities | undefined>(
    (one, other) => (one === undefined || level(other) < level(one) ? other : one),
    undefined,
  );
}
