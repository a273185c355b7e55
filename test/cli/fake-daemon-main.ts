import { runCommand } from "../../src/cli/program.ts";
import { openControlServer } from "../../src/http/control-server.ts";
import { testAdapters } from "../config/test-adapters.ts";

// The real command line over a daemon without a bridge: FAKE says what it does.
const fake = process.env.FAKE ?? "";
const code = await runCommand(process.argv.slice(2), {
  env: process.env,
  out: (line) => console.log(line),
  err: (line) => console.error(line),
  loadBackups: () => Promise.reject(new Error("not asked here")),
  loadDaemon: async () => ({
    loadAdapters: async () => testAdapters,
    startDaemon: async ({ config }) => {
      const handlers = {
        status: async () => Promise.reject(new Error("not asked here")),
        buried: async () => [],
        retry: async () => "retried" as const,
        drop: async () => "unknown" as const,
        unpair: async () => "unknown" as const,
        doctor: async () => Promise.reject(new Error("not asked here")),
        greet: async () => "nobody" as const,
        audit: async () => Promise.reject(new Error("not asked here")),
        pair: () => "unknown" as const,
      };
      const server = await openControlServer({
        stateFolder: config.state,
        handlers,
        onError: () => undefined,
      });
      console.log("started");
      if (fake === "unhandled") void Promise.reject(new TypeError("+15550123 wrote hello"));
      return {
        ready: fake === "never-ready" ? Promise.reject(new Error("+15550123")) : Promise.resolve(),
        finished: new Promise(() => undefined),
        stop: async (reason: string) => {
          console.log(`stopping on ${reason}`);
          if (fake === "stuck") await new Promise(() => undefined);
          await server.close();
        },
      };
    },
  }),
});
process.exit(code);
