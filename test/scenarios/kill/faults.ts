import type { Fault } from "./fault.ts";
import type { HttpFault } from "./http-proxy.ts";
import { frozen, signalled } from "./signals.ts";
import type { SmppFault } from "./smpp-proxy.ts";
import { pause } from "./wait.ts";
import { WHATSAPP_FAULTS } from "./whatsapp-faults.ts";
import type { World } from "./world.ts";

const HTTP_FAULTS: readonly (HttpFault & { readonly weight: number })[] = [
  { kind: "502", when: "before", of: "send", weight: 3 },
  { kind: "502", when: "after", of: "send", weight: 3 },
  { kind: "break", when: "before", of: "send", weight: 3 },
  { kind: "break", when: "after", of: "send", weight: 3 },
  { kind: "502", when: "after", of: "sync", weight: 1 },
  { kind: "break", when: "before", of: "sync", weight: 1 },
  { kind: "break", when: "after", of: "sync", weight: 2 },
];

const SMPP_FAULTS: readonly { readonly fault: SmppFault; readonly weight: number }[] = [
  { fault: { kind: "refuse", status: 0x58 }, weight: 2 },
  { fault: { kind: "refuse", status: 0x14 }, weight: 1 },
  { fault: { kind: "refuse", status: 0x08 }, weight: 2 },
  { fault: { kind: "lose-submit" }, weight: 2 },
  { fault: { kind: "lose-answer" }, weight: 2 },
  { fault: { kind: "break-at-answer" }, weight: 2 },
  { fault: { kind: "break-in-deliver" }, weight: 2 },
  { fault: { kind: "break-at-deliver-answer" }, weight: 3 },
];

const KILLS: readonly {
  readonly how: "" | "again at its start" | "while it stops";
  readonly weight: number;
}[] = [
  { how: "", weight: 6 },
  { how: "again at its start", weight: 3 },
  { how: "while it stops", weight: 2 },
];

/** All kinds, as the report counts them. */
export const FAULTS: readonly Fault[] = [
  {
    name: "daemon killed",
    target: "daemon",
    weight: 20,
    canLast: true,
    unsettles: true,
    run: async ({ daemon }, dice, span) => {
      const { how } = dice.pick(KILLS);
      if (how === "while it stops") await daemon.killAtStop(dice.whole(0, 150));
      else await daemon.kill();
      await pause(span);
      if (how === "again at its start") await daemon.killAtStart(dice.whole(50, 900));
      await daemon.begin();
      return `kill -9 ${how}`.trimEnd();
    },
  },
  {
    name: "daemon stopped",
    target: "daemon",
    weight: 10,
    canLast: true,
    unsettles: true,
    run: async ({ daemon }, _dice, span) => {
      const began = Date.now();
      await daemon.terminate();
      const took = Date.now() - began;
      await pause(span);
      await daemon.begin();
      return `SIGTERM, ended after ${took} ms`;
    },
  },
  {
    name: "Redis killed",
    target: "daemon",
    weight: 15,
    canLast: false,
    unsettles: true,
    run: async ({ daemon }) => signalled(daemon.redisPid(), "SIGKILL"),
  },
  {
    name: "Redis frozen",
    target: "daemon",
    weight: 4,
    canLast: true,
    unsettles: true,
    run: async ({ daemon }, _dice, span) => frozen(daemon.redisPid(), span),
  },
  {
    name: "daemon frozen",
    target: "daemon",
    weight: 4,
    canLast: true,
    unsettles: true,
    run: async ({ daemon }, _dice, span) => frozen(daemon.pid, span),
  },
  {
    name: "homeserver killed",
    target: "homeserver",
    weight: 8,
    canLast: true,
    unsettles: false,
    run: (world, _dice, span) => endHomeserver(world, "SIGKILL", span),
  },
  {
    name: "homeserver stopped",
    target: "homeserver",
    weight: 8,
    canLast: false,
    unsettles: false,
    run: (world, _dice, span) => endHomeserver(world, "SIGTERM", span),
  },
  {
    name: "homeserver away",
    target: "homeserver",
    weight: 6,
    canLast: true,
    unsettles: false,
    run: async ({ http }, _dice, span) => {
      await http.close();
      await pause(span);
      await http.open();
      return "out of reach";
    },
  },
  {
    name: "homeserver frozen",
    target: "homeserver",
    weight: 4,
    canLast: true,
    unsettles: false,
    run: async ({ homeserver }, _dice, span) => frozen(homeserver.pid, span),
  },
  {
    name: "homeserver refuses once",
    target: "homeserver",
    weight: 10,
    canLast: false,
    unsettles: false,
    run: async ({ http }, dice) => {
      const fault = dice.pick(HTTP_FAULTS);
      http.fault(fault);
      await pause(dice.whole(300, 1_000));
      return `${fault.kind} ${fault.when} ${fault.of}`;
    },
  },
  {
    name: "SMSC killed",
    target: "smsc",
    weight: 12,
    canLast: true,
    unsettles: true,
    run: async ({ smsc, smpp }, _dice, span) => {
      await smsc.end();
      await smpp.close();
      await pause(span);
      await smsc.begin();
      smpp.target = smsc.port;
      await smpp.open();
      return "kill -9";
    },
  },
  {
    name: "SMSC away",
    target: "smsc",
    weight: 6,
    canLast: true,
    unsettles: true,
    run: async ({ smpp }, _dice, span) => {
      await smpp.close();
      await pause(span);
      await smpp.open();
      return "out of reach";
    },
  },
  {
    name: "SMSC frozen",
    target: "smsc",
    weight: 4,
    canLast: true,
    unsettles: true,
    run: async ({ smsc }, _dice, span) => frozen(smsc.pid, span),
  },
  {
    name: "SMSC refuses once",
    target: "smsc",
    weight: 12,
    canLast: false,
    unsettles: true,
    run: async ({ smpp }, dice) => {
      const { fault } = dice.pick(SMPP_FAULTS);
      smpp.fault(fault);
      await pause(dice.whole(300, 1_000));
      return fault.kind === "refuse" ? `refuse 0x${fault.status.toString(16)}` : fault.kind;
    },
  },
  ...WHATSAPP_FAULTS,
];

/** Those that can happen here. */
export function faultsIn({ whatsapp }: World): readonly Fault[] {
  return FAULTS.filter(({ target }) => target !== "whatsapp" || whatsapp !== undefined);
}

async function endHomeserver(
  { homeserver, http }: World,
  signal: "SIGKILL" | "SIGTERM",
  span: number,
): Promise<string> {
  await homeserver.end(signal);
  await http.close();
  await pause(span);
  await homeserver.begin();
  http.target = homeserver.port;
  await http.open();
  return signal;
}
