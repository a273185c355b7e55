import type { Config } from "../../config/index.ts";
import type { Greeting } from "../../http/control-api.ts";
import { controlClient } from "../../http/control-client.ts";
import type { Clock, Milliseconds } from "../../model/time.ts";

const PAUSE: Milliseconds = 300;
/** How long accounts may take to connect, while somebody waits to be told. */
const CONNECTING: Milliseconds = 5_000;

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

/** What the bridge's accounts still lack: a phone to be linked, an SMSC that doesn't know us. One line each. */
export async function stillMissing(
  { state }: Pick<Config, "state">,
  clock: Clock,
): Promise<readonly string[]> {
  const end = clock.monotonic() + CONNECTING;
  let { accounts } = await controlClient(state).status();
  while (accounts.some((each) => each.state === "connecting") && clock.monotonic() < end) {
    await clock.sleep(PAUSE);
    ({ accounts } = await controlClient(state).status());
  }
  return accounts.flatMap(({ account, state: now, reason, remedy }) => {
    if (now === "connected") return [];
    const why = reason === undefined ? "" : ` (${reason})`;
    return [
      `  missing  ${account}: ${now.replaceAll("-", " ")}${why}${remedy === undefined ? "" : `: ${remedy}`}`,
    ];
  });
}
