import { BRIDGE, type Line, linesOf } from "../../test/golden/transcript.ts";
import { PICTURE } from "../../test/golden/transcripts/picture.ts";
import { type Bubble, drawing, type Phone } from "./phones.ts";

// docs/img/conversation.svg: what three screens show while the transcript of test/golden/transcripts/picture.ts is played. So
// each word of it is one that the bridge says: it is played as all transcripts are, over the daemon too.

/** What stands for what nobody knows before; as in the documents. */
const KNOWN: Readonly<Record<string, string>> = {
  name: "Amber Fox",
  code: "k3v9-7qxm-4t",
  CODE: "K3V9 7QXM 4T",
};

const PHONES: readonly (Phone & { readonly who: string })[] = [
  { who: "buyer", title: "Leo", network: "SMS" },
  { who: "seller", title: "Ana", network: "Matrix" },
  { who: "phone", title: "Ana's phone", network: "WhatsApp" },
];

/** What isn't drawn: how the handle is made before, and how WhatsApp is linked, of which it is said that it was. */
const BEGINS = (line: Line): boolean => line.kind === "writes" && line.who === "buyer";
const LEFT_OUT = {
  from: (line: Line): boolean => line.kind === "writes" && line.text === "link",
  to: (line: Line): boolean =>
    line.kind === "reads" && line.text.startsWith("Messages reach you by your preference"),
  said: "Ana links her WhatsApp, and prefers it",
} as const;

/** The picture as SVG. */
export function conversationPicture(): string {
  const [transcript] = PICTURE.transcripts;
  const lines = linesOf(transcript?.lines ?? "");
  const bubbles: Bubble[] = [];
  let isLeftOut = false;
  for (const line of lines.slice(lines.findIndex(BEGINS))) {
    if (LEFT_OUT.from(line)) isLeftOut = true;
    if (!isLeftOut && (line.kind === "writes" || line.kind === "reads"))
      bubbles.push(bubbleOf(line, bubbles));
    if (LEFT_OUT.to(line)) {
      isLeftOut = false;
      bubbles.push({ kind: "caption", text: LEFT_OUT.said });
    }
  }
  return drawing(PHONES, bubbles);
}

function bubbleOf(line: Line & { readonly kind: "writes" | "reads" }, before: readonly Bubble[]): Bubble {
  const text = filled(line.text);
  const phone = PHONES.findIndex(({ who }) => who === line.who);
  const place =
    line.who === "seller" ? (line.place === BRIDGE ? "Footbridge" : filled(line.place)) : undefined;
  const at = place === undefined ? {} : { place };
  if (line.kind === "writes") return { kind: "own", phone, text, ...at };
  const isSaid = before.some(
    (other) => other.kind === "own" && other.phone !== phone && other.text.endsWith(text),
  );
  return { kind: isSaid ? "theirs" : "bridge", phone, text, ...at };
}

function filled(text: string): string {
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => KNOWN[name] ?? whole);
}
