import type { Element } from "@xmpp/component";
import type { Content, Unbridgeable } from "footbridge/adapter";
import { NS } from "./namespaces.ts";

/** What a message says, or undefined when it says nothing. */
export function contentOf(stanza: Element): Content | undefined {
  // An encrypted message's body only says that it is one.
  if (
    stanza.getChild("encrypted", NS.omemo) !== undefined ||
    stanza.getChild("encryption", NS.encryption) !== undefined
  )
    return { kind: "unbridgeable", what: "encrypted" };
  const file = stanza.getChild("x", NS.oob)?.getChild("url")?.text();
  if (file !== undefined) return { kind: "unbridgeable", what: kindOfFile(file) };
  const text = withoutQuote(stanza, stanza.getChild("body")?.text() ?? "");
  return text === "" ? undefined : { kind: "text", text };
}

const FILES: readonly (readonly [RegExp, Unbridgeable])[] = [
  [/\.(?:jpe?g|png|gif|webp|heic|avif)$/i, "image"],
  [/\.(?:mp4|webm|mov|mkv|3gp)$/i, "video"],
  [/\.(?:ogg|opus|mp3|m4a|wav|aac)$/i, "audio"],
];

function kindOfFile(url: string): Unbridgeable {
  const path = URL.parse(url)?.pathname ?? "";
  return FILES.find(([name]) => name.test(path))?.[1] ?? "file";
}

/** A reply brings the quoted text for old clients too, and says where it stands: in code points (XEP-0428). */
function withoutQuote(stanza: Element, text: string): string {
  const fallback = stanza.getChildren("fallback", NS.fallback).find(({ attrs }) => attrs.for === NS.reply);
  const { start, end } = fallback?.getChild("body")?.attrs ?? {};
  if (start === undefined || end === undefined) return text;
  const letters = [...text];
  const [from, to] = [Number(start), Number(end)];
  const fits =
    Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from < to && to <= letters.length;
  return fits ? [...letters.slice(0, from), ...letters.slice(to)].join("") : text;
}
