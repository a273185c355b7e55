import type { Fault as ServerFault } from "../../support/whatsapp/faults.ts";
import type { Whose } from "../../support/whatsapp/side.ts";
import type { Dice } from "./dice.ts";
import type { Fault } from "./fault.ts";
import { frozen } from "./signals.ts";
import { pause } from "./wait.ts";

/** What happens to one stanza: of the bridge's, or of one of the people's. */
const SINGLE: readonly {
  readonly whose: "bridge" | "person";
  readonly fault: ServerFault;
  readonly weight: number;
}[] = [
  { whose: "bridge", fault: { kind: "drop-ack" }, weight: 4 },
  { whose: "bridge", fault: { kind: "lose-message" }, weight: 4 },
  { whose: "bridge", fault: { kind: "refuse-message", code: 500 }, weight: 2 },
  { whose: "bridge", fault: { kind: "refuse-message", code: 479 }, weight: 1 },
  { whose: "bridge", fault: { kind: "duplicate" }, weight: 3 },
  { whose: "person", fault: { kind: "drop-ack" }, weight: 2 },
  { whose: "person", fault: { kind: "lose-message" }, weight: 1 },
  { whose: "person", fault: { kind: "duplicate" }, weight: 2 },
];

/** The server's memory dies with its process, so that it is never killed: it is away, frozen, silent, or refuses. */
export const WHATSAPP_FAULTS: readonly Fault[] = [
  {
    name: "WhatsApp away",
    target: "whatsapp",
    weight: 8,
    canLast: true,
    unsettles: false,
    run: async ({ whatsapp }, _dice, span) => {
      await whatsapp?.away();
      await pause(span);
      await whatsapp?.back();
      return "out of reach";
    },
  },
  {
    name: "WhatsApp frozen",
    target: "whatsapp",
    weight: 4,
    canLast: true,
    unsettles: false,
    run: async ({ whatsapp }, _dice, span) => frozen(whatsapp?.pid, span),
  },
  {
    name: "WhatsApp silent",
    target: "whatsapp",
    weight: 6,
    canLast: true,
    unsettles: false,
    run: async ({ whatsapp }, dice, span) => {
      const mood = dice.chance(0.5) ? "silent" : "deaf";
      await whatsapp?.upset(mood);
      await pause(span);
      await whatsapp?.cut("bridge", "unavailable");
      return `${mood}, then cut`;
    },
  },
  {
    name: "WhatsApp cuts",
    target: "whatsapp",
    weight: 8,
    canLast: false,
    unsettles: false,
    run: async ({ whatsapp }, dice) => {
      const whose = dice.chance(0.7) ? "bridge" : someone(dice, whatsapp?.people);
      const ending = dice.chance(0.5) ? "restart" : "unavailable";
      // The next login is refused too, now and then.
      if (dice.chance(0.3)) await whatsapp?.fault(whose, { kind: "refuse-login", reason: 503 });
      await whatsapp?.cut(whose, ending);
      return `${ending} of ${whose === "bridge" ? whose : "a person"}`;
    },
  },
  {
    name: "WhatsApp refuses once",
    target: "whatsapp",
    weight: 12,
    canLast: false,
    unsettles: false,
    run: async ({ whatsapp }, dice) => {
      const { whose, fault } = dice.pick(SINGLE);
      await whatsapp?.fault(whose === "bridge" ? whose : someone(dice, whatsapp.people), fault);
      await pause(dice.whole(300, 1_000));
      return `${fault.kind}, ${whose}`;
    },
  },
];

function someone(dice: Dice, people: readonly number[] = []): Whose {
  return people[dice.whole(0, people.length - 1)] ?? "bridge";
}
