import type { Direction } from "./token.ts";

/** The networks that people are on. */
export type Network = "sms" | "matrix" | "whatsapp";

/** The networks of the two people in a conversation; `in` goes from the first to the second. */
export interface Conversation {
  /** Counts all of them: a number stands for the people in it, too. */
  readonly number: number;
  readonly first: Network;
  readonly second: Network;
}

/** From where to where a text goes. */
export const WAYS = [
  "sms to matrix",
  "matrix to sms",
  "sms to whatsapp",
  "whatsapp to sms",
  "whatsapp to matrix",
  "matrix to whatsapp",
] as const;

export type Way = (typeof WAYS)[number];

/** `pairs` conversations of a phone and a Matrix user by the config, and of each other kind `onWhatsApp` by handles. */
export function conversationsOf(pairs: number, onWhatsApp: number): readonly Conversation[] {
  const kinds: readonly (readonly [count: number, first: Network, second: Network])[] = [
    [pairs, "sms", "matrix"],
    [onWhatsApp, "sms", "whatsapp"],
    [onWhatsApp, "whatsapp", "matrix"],
  ];
  return kinds
    .flatMap(([count, first, second]) => Array.from({ length: count }, () => ({ first, second })))
    .map((networks, number) => ({ number, ...networks }));
}

/** Whether somebody in it is on this network. */
export function isOn({ first, second }: Conversation, network: Network): boolean {
  return first === network || second === network;
}

/** Which direction somebody's texts take who is on this network. */
export function directionFrom({ first }: Conversation, network: Network): Direction {
  return first === network ? "in" : "out";
}

export function wayOf({ first, second }: Conversation, direction: Direction): Way {
  const way = direction === "in" ? `${first} to ${second}` : `${second} to ${first}`;
  const known = WAYS.find((each) => each === way);
  if (known === undefined) throw new RangeError(`found ${way}, expected one of ${WAYS.join(", ")}`);
  return known;
}
