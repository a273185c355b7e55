import { z } from "zod";

// The network's protocol: one JSON object a line, UTF-8, each way. What we say has `do`, what the network says has `is`.
// This is the one place where `unknown` becomes something; every other file works with the types below.

/** What we can ask for; each is answered under its `call` number. */
export type Request =
  /** Finds or makes the thread of this alias, with this person in it: asking twice makes one thread. */
  | { readonly do: "open"; readonly alias: string; readonly to: string; readonly name: string }
  | { readonly do: "rename"; readonly thread: string; readonly name: string }
  | { readonly do: "leave"; readonly thread: string }
  /** `id`: recognised for an hour; a repeat gets the answer that the first one got. */
  | {
      readonly do: "send";
      readonly id: string;
      readonly thread: string;
      readonly from: "participant" | "bridge";
      readonly text: string;
      readonly spans?: readonly z.input<typeof span>[];
      readonly replyTo?: string;
    }
  | { readonly do: "ping" };

/** All that we say. */
export type ToNetwork =
  | { readonly do: "hello"; readonly token: string }
  | (Request & { readonly call: number })
  | { readonly do: "typing"; readonly thread: string; readonly typing: boolean }
  /** These events are ours to keep now; the network forgets them. */
  | { readonly do: "ack"; readonly ids: readonly string[] };

const name = z.string().min(1).max(256);

const span = z
  .object({
    start: z.int().min(0),
    end: z.int().min(0),
    style: z.enum(["bold", "italic", "underline", "strike", "code", "codeBlock", "quote", "link"]),
    href: z
      .string()
      .regex(/^(https?:\/\/|mailto:)/)
      .exactOptional(),
  })
  .refine(({ start, end }) => start < end);

const said = { text: z.string(), spans: z.array(span).max(1_000).exactOptional() };

const what = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("text"), ...said, replyTo: name.exactOptional() }),
  z.object({ kind: z.literal("edit"), target: name, ...said }),
  z.object({ kind: z.literal("reaction"), target: name, emoji: z.string().max(64).nullable() }),
  z.object({ kind: z.literal("delete"), targets: z.array(name).min(1) }),
  z.object({
    kind: z.literal("receipt"),
    targets: z.array(name).min(1),
    status: z.enum(["delivered", "read", "failed"]),
  }),
  z.object({ kind: z.literal("member"), change: z.enum(["joined", "left", "invited"]) }),
  z.object({
    kind: z.literal("attachment"),
    type: z.enum(["image", "video", "audio", "file", "location", "sticker", "poll", "contact"]),
  }),
]);

/** What happened in a thread. */
export type What = z.output<typeof what>;

/** Why the network didn't do what it was asked. */
const error = z.enum(["throttled", "refused", "gone", "no-such-user", "too-long", "busy"]);
export type NetworkError = z.output<typeof error>;

const event = z.object({
  is: z.literal("event"),
  id: name,
  thread: name,
  from: name,
  /** ms since 1970 */
  at: z.number().int().positive(),
  /** It happened while nobody of ours was connected. */
  late: z.boolean(),
  /** The id of the message, where the event is one. */
  message: name.exactOptional(),
  /** Read on its own, so that an event that holds something unknown can be acknowledged all the same. */
  what: z.unknown(),
});

/** An event as it came. */
export type NetworkEvent = z.output<typeof event>;

const fromNetwork = z.discriminatedUnion("is", [
  z.object({ is: z.literal("welcome") }),
  z.object({ is: z.literal("goodbye"), why: z.enum(["unauthorised", "closing"]) }),
  z.object({
    is: z.literal("answer"),
    call: z.int(),
    thread: name.exactOptional(),
    message: name.exactOptional(),
    error: error.exactOptional(),
    /** Beside `throttled`: ms from now. */
    after: z.number().min(0).exactOptional(),
  }),
  event,
  z.object({ is: z.literal("typing"), thread: name, from: name, typing: z.boolean() }),
]);

/** All that the network says. */
export type FromNetwork = z.output<typeof fromNetwork>;

/** Reads a line; undefined when it is nothing that this protocol has. Never throws. */
export function readLine(line: string): FromNetwork | undefined {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return undefined;
  }
  return fromNetwork.safeParse(json).data;
}

/** Reads what an event holds; undefined when it is of a kind that we don't know, or damaged. Never throws. */
export function readWhat(event: NetworkEvent): What | undefined {
  return what.safeParse(event.what).data;
}

/** Writes a line. */
export function writeLine(message: ToNetwork): string {
  return `${JSON.stringify(message)}\n`;
}
