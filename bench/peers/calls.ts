// What the bench asks the networks' process (networks.ts), over Node's own channel between processes.

/** Our number, without its +. */
export const NUMBER = "12025550100";

/** The phone of a conversation, without its +. */
export function phoneOf(conversation: number): string {
  return `1202556${String(conversation).padStart(4, "0")}`;
}

/** The Matrix user of a conversation. */
export function userOf(conversation: number): string {
  return `@user${conversation}:localhost`;
}

/** The way a message goes: `in` from SMPP to Matrix, `out` from Matrix to SMPP. */
export type Direction = "in" | "out";

export type Question =
  | { readonly do: "listen"; readonly conversations: number }
  /** The daemon is there: its appservice's port. Answered when it is bound. */
  | { readonly do: "connect"; readonly url: string; readonly hsToken: string }
  /** One message in each conversation, to open the rooms; the users join them. Gives how many are open. */
  | { readonly do: "open" }
  /** As fast as it goes for `ms`, at most `each` under way in a conversation; then until all have arrived. */
  | { readonly do: "flood"; readonly direction: Direction; readonly ms: number; readonly each: number }
  /** The same through the forwarder at `port`, over 64 connections. */
  | { readonly do: "forward"; readonly direction: Direction; readonly ms: number; readonly port: number }
  /** So many a second, in and out in turn. Gives each one's time from network to network. */
  | { readonly do: "pace"; readonly rate: number; readonly ms: number };

/** Messages that arrived, and the time from the first that was sent to the last that arrived. */
export interface Flood {
  readonly count: number;
  readonly ms: number;
}

export interface Ports {
  readonly homeserver: number;
  readonly smsc: number;
}
