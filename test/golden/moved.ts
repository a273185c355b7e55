// Transcripts with somebody on WhatsApp who is on another network in them. The moves are the same. What differs stands here, and
// nothing else: how the network is called and how its hop is protected, that its people write and are answered by "help", the
// line with a wa.me link, and that all is in one chat, where commands need a slash once a conversation is in it, and where groups
// are offered with the second one.

import { parse } from "../../src/commands/parse.ts";
import type { Cast, Network, Transcript } from "./cast.ts";
import { wholeLines } from "./transcript.ts";
import { OFFER } from "./transcripts/whatsapp-lines.ts";

/** The bridge's own number on WhatsApp, as transcripts have it. */
export const WHATSAPP_NUMBER = "+1 555 0199";
const LINK = "https://wa.me/15550199?text=";

/** Whoever has a phone in it writes by WhatsApp instead of SMS. */
export function withPhonesMoved(transcript: Transcript): Transcript {
  const cast = movedFrom("sms", transcript.cast, () => true);
  const hop = Object.values(cast).includes("matrix")
    ? "Matrix, encrypted in transit"
    : "WhatsApp, encrypted up to the bridge";
  const lines = withLinks(transcript.lines)
    .replaceAll(
      "We'll text you when they answer. They don't see your number. STOP ends texts, HELP for more.",
      SENT,
    )
    .replaceAll("Weakest hop: SMS, not encrypted.", `Weakest hop: ${hop}.`)
    .replaceAll("SMS, not encrypted", "WhatsApp, encrypted up to the bridge")
    .replaceAll("What you text here", "What you write here")
    .replaceAll("texts you from +1 555 0111", "writes to you here")
    .replaceAll("from +1 555 0111", `from ${WHATSAPP_NUMBER}`)
    .replaceAll(/An SMS\b/g, "A WhatsApp")
    .replaceAll(/\bSMS\b(?!: text)/g, "WhatsApp")
    .replaceAll(/\b(prefer|unlink|prefer matrix,) sms\b/g, "$1 whatsapp")
    .replaceAll(/^-- phones:/gm, "-- whatsapp:");
  return { ...transcript, cast, lines: inOneChat(lines, onWhatsApp(cast)) };
}

/** `who` has a chat with the bridge by WhatsApp, instead of rooms. */
export function withRoomsMoved(transcript: Transcript, who: string): Transcript {
  const cast = movedFrom("matrix", transcript.cast, (each) => each === who);
  const lines = wholeLines(inOneChat(withLinks(transcript.lines), [who])).map((line) =>
    line.startsWith(`${who} `)
      ? line
          .replace('They don\'t see your account. "help"', 'They don\'t see your number. "/help"')
          .replace(
            /^(.*Accepted\.) The conversation is in the room "(.*) · .*"\.$/,
            "$1 $2 writes to you here.",
          )
      : line
          .replace(/(Weakest hop: .*) Matrix can't be recalled/, "$1 WhatsApp can't be recalled")
          .replace(/ can't get (\w+) on Matrix/, " can't get $1 on WhatsApp"),
  );
  return { ...transcript, cast, lines: written(lines) };
}

const SENT = `You'll read here when they answer. They don't see your number. "/help" for more.`;

function movedFrom(network: Network, cast: Cast, moves: (who: string) => boolean): Cast {
  const all = Object.entries(cast);
  return Object.fromEntries(
    all.map(([who, is]) => [who, is === network && moves(who) ? ("whatsapp" as const) : is]),
  );
}

function onWhatsApp(cast: Cast): readonly string[] {
  return Object.keys(cast).filter((who) => cast[who] === "whatsapp");
}

/** With a network more, which is reached by a link. */
function withLinks(lines: string): string {
  return lines
    .replaceAll(/^( *)Text (\S+) to \+1 555 0100$/gm, `$&\n$1WhatsApp: ${LINK}$2`)
    .replaceAll(/SMS: text (\S+) to \+1 555 0100/g, `$& · WhatsApp: ${LINK}$1`)
    .replaceAll(/^( *)sms:\+15550100\?body=(\S+)$/gm, `$&\n$1${LINK}$2`);
}

/** What these people read and write in rooms, or at other numbers, is in their chat with the bridge. */
function inOneChat(lines: string, people: readonly string[]): string {
  const together = new Set<string>();
  const open = new Map<string, number>();
  const moved = wholeLines(lines).flatMap((line) => {
    const [, who = "", place, arrow, rest = ""] =
      /^(\w+) *(?:\[([^\]]+)\])? *(\S\S) ?(.*)$/s.exec(line) ?? [];
    if (!people.includes(who)) return [line];
    if (arrow === "=>") return []; // the chat isn't called after anybody
    if (place !== undefined) together.add(who);
    const slash = arrow === "->" && place === undefined && together.has(who) && isCommand(rest) ? "/" : "";
    const isOpened = arrow === "<-" && /^".*" accepted\. What you write here/.test(rest);
    if (isOpened) open.set(who, (open.get(who) ?? 0) + 1);
    return [
      `${who} ${arrow} ${slash}${rest}`,
      ...(isOpened && open.get(who) === 2 ? [`${who} <- ${OFFER}`] : []),
    ];
  });
  return written(moved);
}

function isCommand(text: string): boolean {
  const place = {
    kind: "desk",
    reader: "number",
    network: { title: "", encryption: "bridge", portals: "given" },
  } as const;
  const typed = text.replaceAll(/[{}]/g, ""); // for a placeholder, its name
  return !text.startsWith("/") && parse(typed, { ...place, networks: [] }).kind !== "none";
}

function written(lines: readonly string[]): string {
  return lines.map((line) => line.replaceAll("\n", "\n    ")).join("\n");
}
