import type { Content } from "../../model/content.ts";
import type { CanonicalId } from "../../model/ids.ts";
import { sensitive } from "../../model/sensitive.ts";
import type { Timestamp } from "../../model/time.ts";
import { UnknownKey } from "../../privacy/errors.ts";
import type { AcceptedEvent } from "../../store/accepted-event.ts";
import type { Vault } from "../../store/vault.ts";

/** A text that waits: for the answer to a request, or for its writer's own. */
export interface KeptText {
  readonly canonical: CanonicalId;
  readonly at: Timestamp;
  readonly content: Content;
  /** Its own id on its network, by which its writer changes it or takes it back. */
  readonly ref?: string;
}

/** A text as it waits. */
export function keptText({ at, canonical, ref }: AcceptedEvent, content: Content): KeptText {
  return { canonical, at, content, ...(ref === undefined ? {} : { ref: ref.expose() }) };
}

/** A text that waited as the event that it was. @param answer what comes now, from the same chat */
export function eventOf(answer: AcceptedEvent, { canonical, at, content, ref }: KeptText): AcceptedEvent {
  const { ref: _own, ...rest } = answer;
  const body = { kind: "message", content } as const;
  return { ...rest, canonical, at, body, ...(ref === undefined ? {} : { ref: sensitive(ref) }) };
}

/** Whether an event changes a text or takes it back. */
export function isRevisedBy({ ref }: KeptText, { body }: AcceptedEvent): boolean {
  if (ref === undefined) return false;
  const targets = body.kind === "delete" ? body.targets : body.kind === "edit" ? [body.target] : [];
  return targets.some((target) => target.expose() === ref);
}

/** How long it may wait: `24h` for its writer's answer, `7d` for that of somebody who was asked. */
type KeptFor = "24h" | "7d";

/** Seals a text under the key of its time, so that it can't be read any more once that is over; base64, for a record. */
export function sealText(vault: Vault, name: string, lasts: KeptFor, text: KeptText): string {
  return vault.sealFor(lasts, "parked", name, JSON.stringify(text)).toString("base64");
}

/** Opens a text that `sealText` sealed under this name. @throws UnknownKey when its time is over. */
export function openText(vault: Vault, name: string, sealed: string): KeptText {
  // Authenticated: written by sealText.
  return JSON.parse(vault.open("parked", name, Buffer.from(sealed, "base64")).toString()) as KeptText;
}

/** The same; undefined when its time is over. */
export function openKept(vault: Vault, name: string, sealed: string): KeptText | undefined {
  try {
    return openText(vault, name, sealed);
  } catch (error) {
    if (error instanceof UnknownKey) return undefined;
    throw error;
  }
}
