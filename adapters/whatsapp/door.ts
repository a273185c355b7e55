import type { ConfiguredDoor } from "../../src/model/index.ts";

/** Where strangers write to the bridge itself: a link that opens the app. */
export function whatsAppDoor(number: string): ConfiguredDoor {
  const link = `https://wa.me/${number.replace(/\D/g, "")}?text={code}`;
  return { kind: "link", title: "WhatsApp", number, link };
}
