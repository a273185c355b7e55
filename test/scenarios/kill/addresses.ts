import { type Conversation, isOn } from "./conversations.ts";

/** The numbers of ours that phones text. */
export const NUMBERS = ["+12025550111", "+12025550112"] as const;

/** A phone's number, as the SMSC writes it. */
export function phoneOf(conversation: number): string {
  return `1202555${String(2_000 + conversation)}`;
}

/** The number of ours that a conversation's phone texts: who comes by a handle comes by the first. */
export function numberOf(conversation: Conversation): string {
  const at = isPaired(conversation) ? conversation.number % NUMBERS.length : 0;
  return (NUMBERS[at] ?? NUMBERS[0]).slice(1);
}

/** Whether the config makes it: nobody on WhatsApp can be in one of those. */
export function isPaired(conversation: Conversation): boolean {
  return !isOn(conversation, "whatsapp");
}
