import { hash } from "node:crypto";
import type { Address, NetworkMessageRef } from "../../src/adapter/index.ts";
import { type DeliveryId, sensitive } from "../../src/model/index.ts";

/** Who wrote a message of a chat: the person, or we. */
export type Author = "them" | "us";

/** A message of a chat. The author is part of its name, so that an edit or a deletion can only ever name what its sender wrote. */
interface MessageName {
  readonly with: Address;
  readonly author: Author;
  /** The stanza's id, which its sender chose. */
  readonly id: string;
}

export function messageRef(name: MessageName): NetworkMessageRef {
  return sensitive(JSON.stringify([name.with, name.author, name.id]));
}

/** Reads a ref that `messageRef` made; undefined when it is none. */
export function readRef(ref: NetworkMessageRef): MessageName | undefined {
  let value: unknown;
  try {
    value = JSON.parse(ref.expose());
  } catch {
    return undefined;
  }
  if (!Array.isArray(value)) return undefined;
  const [person, author, id]: unknown[] = value;
  if (typeof person !== "string" || typeof id !== "string") return undefined;
  return author === "them" || author === "us" ? { with: person, author, id } : undefined;
}

/**
 * The id of the message that a delivery becomes: the same at each try, so that receivers take it once. It looks as those of
 * WhatsApp's web client do (`3EB0` and 18 hex digits).
 */
export function stanzaId(delivery: DeliveryId): string {
  return `3EB0${hash("sha256", `whatsapp ${delivery}`).slice(0, 18).toUpperCase()}`;
}
