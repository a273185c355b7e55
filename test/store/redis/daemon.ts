// A process with an embedded Redis, as the daemon is one; embedded.test.ts starts it and kills it.
import { argv, stdout } from "node:process";
import { systemClock } from "../../../src/observe/clock.ts";
import { createLogger } from "../../../src/observe/logger.ts";
import { startEmbeddedRedis } from "../../../src/store/redis/embedded.ts";

const [folder = "", guard, wait] = argv.slice(2);
const redis = await startEmbeddedRedis({
  folder,
  clock: systemClock,
  log: createLogger({ level: "silent" }),
  guard: guard === "pipe" ? "pipe" : "death-signal",
  wait: Number(wait ?? 10_000),
});
stdout.write(`${redis.pid}\n`);
process.on("SIGTERM", () => void redis.stop().then(() => process.exit(0)));
setInterval(() => undefined, 60_000);
