import type { Content, Span } from "./content.ts";

type Text = Extract<Content, { readonly kind: "text" }>;

/** A text without a stretch of it; its spans stand where they belong then. Offsets count UTF-16 code units. */
export function without(content: Text, from: number, to: number): Text {
  const text = content.text.slice(0, from) + content.text.slice(to);
  const place = (at: number): number => (at <= from ? at : Math.max(from, at - (to - from)));
  return moved(text, content.spans, place);
}

/** A text behind some words of our own. */
export function behind(words: string, content: Text): Text {
  return moved(words + content.text, content.spans, (at) => at + words.length);
}

function moved(text: string, spans: readonly Span[] | undefined, place: (at: number) => number): Text {
  const left = (spans ?? [])
    .map((span) => ({ ...span, start: place(span.start), end: place(span.end) }))
    .filter(({ start, end }) => start < end);
  return left.length === 0 ? { kind: "text", text } : { kind: "text", text, spans: left };
}
