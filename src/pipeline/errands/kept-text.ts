import type { Content } from "../../model/content.ts";
import type { CanonicalId } from "../../model/ids.ts";
import type { Timestamp } from "../../model/time.ts";
import type { Vault } from "../../store/vault.ts";

/** A text that waits: for the answer to a request, or for its writer's own. */
export interface KeptText {
  readonly canonical: CanonicalId;
  readonly at: Timestamp;
  readonly content: Content;
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
