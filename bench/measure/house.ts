import { buildHouse } from "../../src/daemon/build-house.ts";
import { HOUR, MINUTE, SECOND } from "../../src/model/time.ts";
import { createClock } from "../../src/observe/clock.ts";
import { createRandom } from "../../src/observe/random.ts";
import { openKeyring } from "../../src/privacy/keyring.ts";
import { storeScripts } from "../../src/store/store.ts";
import { Vault } from "../../src/store/vault.ts";
import { MemoryKeyStore } from "../../test/support/memory-key-store.ts";
import { connectTo, silent, type TestRedis } from "../../test/support/redis.ts";
import { ROOMY } from "../../test/support/roomy-limits.ts";

const DELIVERY = {
  deadline: 20 * HOUR,
  attempts: 12,
  firstRetry: SECOND,
  longestRetry: 5 * MINUTE,
  firstNotice: 5 * MINUTE,
};

/** A house as the daemon has it, without a daemon around it: one connection, all repositories, sealing with keys in memory. */
export type BenchHouse = Awaited<ReturnType<typeof openHouse>>;

/** Opens a house over a throw-away Redis. */
export async function openHouse(redis: Pick<TestRedis, "target">) {
  const clock = createClock();
  const random = createRandom();
  const scripts = storeScripts();
  const connection = await connectTo(redis.target, Object.values(scripts));
  const store = new MemoryKeyStore(random, clock);
  const keyring = await openKeyring({ store, clock, random, log: silent });
  const vault = new Vault(keyring, random, clock);
  const journal = { note: async () => undefined }; // nothing is ended here, and nothing restored
  const config = { delivery: DELIVERY, timeZone: "UTC", limits: ROOMY };
  return buildHouse({ store: { connection, scripts, vault, journal }, config, clock, random, log: silent });
}
