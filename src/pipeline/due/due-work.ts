import { describeError } from "../../observe/errors.ts";
import { KeyNotReady } from "../../privacy/errors.ts";
import { StoreAway } from "../../store/redis/errors.ts";
import type { Timer } from "../../store/timers.ts";
import type { Office } from "../errands/errand.ts";
import { endForgotten } from "./forgotten.ts";
import { endGuarded } from "./guarded-texts.ts";
import { endHeld } from "./held-texts.ts";
import { endIdle } from "./idle.ts";
import { endLinkQuestion } from "./late-links.ts";
import { endTraces } from "./old-endings.ts";
import { endOver } from "./over.ts";
import { endRequest } from "./unanswered.ts";

/** So many are looked at in one go. */
const AT_MOST = 256;

type TimerHandler = (office: Office, timer: Timer) => Promise<void>;

const HANDLERS: Readonly<Record<Timer["kind"], TimerHandler>> = {
  request: endRequest,
  held: endHeld,
  guard: endGuarded,
  over: endOver,
  forget: endForgotten,
  idle: endIdle,
  ended: endTraces,
  link: endLinkQuestion,
};

/** Ends what has its time: each step can be repeated, and a timer goes after the last. */
export class DueWork {
  readonly #office: Office;

  constructor(office: Office) {
    this.#office = office;
  }

  /** Does all that is due. What fails is tried again the next time. @throws StoreAway, KeyNotReady */
  async run(): Promise<void> {
    const { clock, log, pause, timers } = this.#office.house;
    for (const timer of await timers.due(clock.now(), AT_MOST)) {
      try {
        await pause.during(async () => {
          await HANDLERS[timer.kind](this.#office, timer);
          await timers.drop(timer);
        });
      } catch (error) {
        if (error instanceof StoreAway || error instanceof KeyNotReady) throw error;
        log.error("timer.failed", { kind: timer.kind, ...describeError(error) });
      }
    }
  }
}
