import type { Config } from "../../config/index.ts";
import { controlClient } from "../../http/control-client.ts";
import type { Clock, Milliseconds } from "../../model/time.ts";

const PAUSE: Milliseconds = 300;

/** What became of the test message. `late`: it is queued, and isn't sent yet. */
export type Greeted = "sent" | "late" | "nobody";

/**
 * Has the running daemon say in the operator's chat that it reaches them, and waits until their network has taken it.
 * @throws ControlSocketError when no daemon answers
 */
export async function greetOperator(
  { state, operator }: Pick<Config, "state" | "operator">,
  clock: Clock,
  most: Milliseconds,
): Promise<Greeted> {
  const daemon = controlClient(state);
  const end = clock.monotonic() + most;
  const pause = (): Promise<void> => clock.sleep(PAUSE);
  let result = (await daemon.greet()).result;
  while (result === "untold" && clock.monotonic() < end) {
    await pause(); // it has just started
    result = (await daemon.greet()).result;
  }
  if (result !== "told") return result === "nobody" ? "nobody" : "late";
  while (clock.monotonic() < end) {
    const { accounts } = await daemon.status();
    const own = accounts.find(({ account }) => account === operator?.account);
    if (own === undefined || (own.state === "connected" && own.queued === 0 && own.inFlight === 0))
      return "sent";
    await pause();
  }
  return "late";
}
