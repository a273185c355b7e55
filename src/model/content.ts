/** How a stretch of a text looks. */
export type SpanStyle = "bold" | "italic" | "underline" | "strike" | "code" | "codeBlock" | "quote" | "link";

/**
 * A stretch of a text with a style. Offsets count UTF-16 code units of the plain text, `end` is exclusive.
 * Spans may nest, never cross. `href` is there for links only and is `http:`, `https:` or `mailto:`.
 */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly style: SpanStyle;
  readonly href?: string;
}

/** What a message can hold that is no text; bridged by later versions, named so that it is never dropped in silence. */
export type Unbridgeable =
  | "image"
  | "video"
  | "audio"
  | "file"
  | "location"
  | "sticker"
  | "poll"
  | "contact"
  | "encrypted"
  | "call"
  | "other";

/**
 * The content of a message, free of anything of its network: a plain text with style spans beside it.
 * An adapter turns its network's markup (HTML, `*bold*`) into spans and back; the plain text always stands alone.
 */
export type Content =
  | { readonly kind: "text"; readonly text: string; readonly spans?: readonly Span[] }
  /** Said by the bridge itself, never by a participant. */
  | { readonly kind: "notice"; readonly text: string }
  /** Something that this version can't carry; its sender is told. */
  | { readonly kind: "unbridgeable"; readonly what: Unbridgeable };
