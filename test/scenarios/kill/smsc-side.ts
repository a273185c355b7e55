import { LoopbackSmsc } from "../../support/smsc.ts";
import { textParts } from "../../support/smsc-messages.ts";
import { JsmppSide } from "./jsmpp-side.ts";
import type { SmscSide } from "./smsc-contract.ts";

export type { SmscSide } from "./smsc-contract.ts";

export const SYSTEM = { systemId: "fb", password: "pw" } as const;

/** jSMPP's SMSC in a process of its own. */
export async function jsmppSide(): Promise<SmscSide> {
  return JsmppSide.start();
}

/** The loopback SMSC, in this process. What an ESME left unanswered it sends again by itself. */
export async function loopbackSmscSide(): Promise<SmscSide> {
  const smsc = await LoopbackSmsc.start({ settings: { ...SYSTEM } });
  const side: SmscSide = {
    get port() {
      return smsc.port;
    },
    pid: undefined,
    onText: () => undefined,
    onAnswer: () => undefined,
    deliver: ({ phone, number, text, reference, parts }) => {
      const all = textParts(phone, number, text, reference);
      const wanted = all.filter((_, at) => parts === undefined || parts.includes(at + 1));
      return Promise.all(wanted.map((part) => smsc.deliver(part)));
    },
    end: () => smsc.away(),
    begin: () => smsc.listen(),
    stop: () => smsc.stop(),
  };
  smsc.onMessage = ({ to, text, at }) => side.onText({ phone: to.replace(/^\+/, ""), text, at });
  return side;
}
