import type { Config } from "../config/index.ts";
import type { ControlHandlers } from "../http/control-api.ts";
import { openControlServer } from "../http/control-server.ts";
import { ControlSocketError } from "../http/control-socket.ts";
import { HttpServerError, openHttpServer } from "../http/http-server.ts";
import { type Clock, type Milliseconds, SECOND } from "../model/time.ts";
import { describeError } from "../observe/errors.ts";
import type { RootLogger } from "../observe/log.ts";
import { Front } from "./front.ts";
import type { Health } from "./health.ts";
import type { Metrics } from "./metrics.ts";

/** What those who watch the daemon are answered with; the handlers come when there is something to handle. */
export interface Desk {
  readonly health: Health;
  readonly metrics: Metrics;
  handlers: ControlHandlers | undefined;
}

/** One that started with us, and waits in vain for the state folder, has the control socket for so long. */
const TAKES_FOLDER: Milliseconds = 12 * SECOND;

/** What the daemon listens on, not open yet: its control socket, and a port where the config has `http`. */
export function frontOf(
  desk: Desk,
  { http, state }: Pick<Config, "http" | "state">,
  { clock, log }: { readonly clock: Clock; readonly log: RootLogger },
): Front {
  const { health, metrics } = desk;
  const failed = (event: string) => (error: unknown) => log.error(event, describeError(error));
  const control = {
    open: () =>
      openControlServer({
        stateFolder: state,
        handlers: () => desk.handlers,
        health,
        onError: failed("control.failed"),
      }),
    isTaken: (error: unknown) => error instanceof ControlSocketError && error.why === "in-use",
    patience: TAKES_FOLDER,
  };
  if (http === undefined) return new Front([control], clock);
  const web = {
    open: async () => {
      const server = await openHttpServer(http, {
        health,
        metrics: () => metrics.answer(),
        onError: failed("http.failed"),
      });
      log.info("http.listening", { port: server.port });
      return { isThere: () => true, close: () => server.close() };
    },
    isTaken: (error: unknown) => error instanceof HttpServerError && error.why === "in-use",
    patience: SECOND, // a predecessor closed it before it gave the folder free
  };
  return new Front([control, web], clock);
}
