import { startTestRedis } from "../../test/support/redis.ts";
import { median } from "../support/stat.ts";
import { measureFloor, measureFsync } from "./floor.ts";
import { openHouse } from "./house.ts";
import { openPath } from "./path.ts";
import { measureQueue } from "./queue.ts";

/** What the store can do, with ratios taken within each round. */
export interface StoreFigures {
  readonly floor: number;
  readonly fsyncMs: number;
  readonly queue: { readonly rate: number; readonly ratio: number };
  readonly path: { readonly rate: number; readonly ratio: number };
}

/** Floor, queue and path in turn, several times: what disturbs the machine for a second disturbs one round. */
export async function measureStore(plan: {
  readonly rounds: number;
  readonly ms: number;
}): Promise<StoreFigures> {
  const bare = await startTestRedis({ fsync: "always" });
  const held = await startTestRedis({ fsync: "always" });
  try {
    const house = await openHouse(held);
    const path = await openPath(house);
    await warmUp(bare.socket, () =>
      Promise.all([measureQueue(house, plan.ms / 3), path.measure(plan.ms / 3)]),
    );
    const rounds: { floor: number; fsync: number; queue: number; path: number }[] = [];
    for (let round = 0; round < plan.rounds; round++) {
      rounds.push({
        fsync: await measureFsync(bare.socket, plan.ms / 3),
        floor: await measureFloor(bare.socket, plan.ms),
        queue: await measureQueue(house, plan.ms),
        path: await path.measure(plan.ms),
      });
    }
    await path.stop();
    await house.store.connection.close();
    return {
      floor: median(rounds.map(({ floor }) => floor)),
      fsyncMs: median(rounds.map(({ fsync }) => fsync)),
      queue: {
        rate: median(rounds.map(({ queue }) => queue)),
        ratio: median(rounds.map(({ queue, floor }) => queue / floor)),
      },
      path: {
        rate: median(rounds.map(({ path: rate }) => rate)),
        ratio: median(rounds.map(({ path: rate, floor }) => rate / floor)),
      },
    };
  } finally {
    await Promise.all([bare.stop(), held.stop()]);
  }
}

/** The first second of each is spent on compiling. */
async function warmUp(socket: string, house: () => Promise<unknown>): Promise<void> {
  await measureFloor(socket, 300);
  await house();
}
