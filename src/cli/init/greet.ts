import type { Config } from "../../config/index.ts";
import type { Greeting } from "../../http/control-api.ts";
import { controlClient } from "../../http/control-client.ts";
import type { Clock, Milliseconds } from "../../model/time.ts";

const PAUSE: Milliseconds = 300;

/**
 * Has the running daemon say in the operator's chat that it reaches them; one that has just started is asked again.
 * @throws ControlSocketError when no daemon answers
 */
export async function askForGreeting(
  { state }: Pick<Config, "state">,
  clock: Clock,
  most: Milliseconds,
): Promise<Greeting> {
  const daemon = controlClient(state);
  const end = clock.monotonic() + most;
  for (;;) {
    const { result } = await daemon.greet();
    if (result !== "untold" || clock.monotonic() >= end) return result;
    await clock.sleep(PAUSE);
  }
}
