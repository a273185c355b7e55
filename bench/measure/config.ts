import { createServer } from "node:net";
import { ROOMY_LIMITS } from "../../test/support/roomy-limits.ts";
import { NUMBER, type Ports } from "../peers/calls.ts";

/** SMPP's window, so that it isn't what is measured; the default of 10 is for an SMSC that was never asked. */
const WINDOW = 64;
/** Between the daemon and the homeserver. */
export const SECRETS = { asToken: "bench-as", hsToken: "bench-hs" };

/** Of the daemon's config: accounts on the loopback homeserver and SMSC, under which all texts go out. */
export function networksOf(ports: Ports, appservicePort: number) {
  return {
    limits: ROOMY_LIMITS,
    accounts: {
      matrix: {
        network: "matrix",
        homeserver: { url: `http://127.0.0.1:${ports.homeserver}`, name: "localhost" },
        appservice: { port: appservicePort, ...SECRETS },
      },
      sms: {
        network: "sms",
        numbers: [`+${NUMBER}`],
        links: [
          {
            name: "bench",
            host: "127.0.0.1",
            port: ports.smsc,
            systemId: "bench",
            password: "bench",
            window: WINDOW,
          },
        ],
      },
    },
  };
}

/** A port that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
