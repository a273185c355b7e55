import type { ConfiguredDoor } from "../../src/model/index.ts";

/** Where strangers text the bridge itself. The link is that of RFC 5724. */
export function smsDoor(number: string): ConfiguredDoor {
  return { kind: "number", title: "SMS", number, link: `sms:${number}?body={code}` };
}
