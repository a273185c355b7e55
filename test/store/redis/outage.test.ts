// What the log says of a Redis that can't be reached, when the cause changes while it is tried again and again.

import { afterEach, expect, test } from "vitest";
import { sensitive } from "../../../src/model/sensitive.ts";
import { SECOND } from "../../../src/model/time.ts";
import { systemClock } from "../../../src/observe/clock.ts";
import type { LogFields } from "../../../src/observe/log.ts";
import { ClusterConnection } from "../../../src/store/redis/cluster.ts";
import type { Connection } from "../../../src/store/redis/connection.ts";
import { SingleConnection } from "../../../src/store/redis/single.ts";
import { freePort } from "../../support/free-port.ts";
import { startPlainRedis, type TestRedis } from "../../support/plain-redis.ts";
import { connectTo, silent, whenUp } from "../../support/redis.ts";
import { skippingClock } from "../../support/skipping-clock.ts";
import { until } from "../../support/test-house.ts";

let redis: TestRedis | undefined;
let connection: Connection | undefined;
afterEach(async () => {
  await connection?.close();
  await redis?.stop();
});

test("a server's outage: each cause is said once, and anew in the next outage", async () => {
  const node = { kind: "tcp", host: "127.0.0.1", port: await freePort() } as const;
  redis = await startPlainRedis({ more: ["--port", `${node.port}`] });
  const admin = await connectTo(redis.target);
  const setPassword = (word: string) =>
    admin.command("ACL", "SETUSER", "bridge", "on", "resetpass", `>${word}`, "~*", "+@all");
  const open = () => admin.command("CONFIG", "SET", "port", node.port);
  const cut = async () => {
    await admin.command("CONFIG", "SET", "port", 0);
    await admin.command("CLIENT", "KILL", "USER", "bridge");
  };
  /** Several attempts, up to half a second apart. */
  const attempts = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  const said: unknown[] = [];
  const note = (event: string, { code }: LogFields = {}): void => {
    if (event !== "store.connection.down") said.push(code ?? event);
  };
  const log = { ...silent, info: note, warn: note };
  await setPassword("ours");
  const user = { username: "bridge", password: sensitive("ours") };
  const own = new SingleConnection({ ...node, ...user }, { log, clock: systemClock });
  connection = own;
  await whenUp(own);

  await cut();
  await until(() => said.length > 1);
  await setPassword("another");
  await open();
  await until(() => said.length > 2);
  await attempts(300);
  await cut();
  await attempts(600);
  expect(said).toEqual(["store.connection.up", "ECONNREFUSED", "WRONGPASS"]);

  await setPassword("ours");
  await open();
  await whenUp(own);
  await cut();
  await until(() => said.length > 4);
  expect(said.slice(3)).toEqual(["store.connection.up", "ECONNREFUSED"]);
  await admin.close();
});

test("a cluster's outage: each cause is said once, however many attempts end with it", async () => {
  const clock = skippingClock();
  const said: (string | undefined)[] = [];
  const warn = (event: string, fields: LogFields = {}): void => {
    if (event === "store.connection.broken") said.push(fields.code?.toString());
  };
  /** Attempts of five seconds that take no time. */
  const attempts = async (): Promise<void> => {
    for (let count = 0; count < 3; count++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      clock.skip(6 * SECOND);
    }
  };
  const node = { kind: "tcp", host: "127.0.0.1", port: await freePort() } as const;
  const user = { username: "bridge", password: sensitive("ours") };
  const target = { kind: "cluster", nodes: [{ ...node, ...user }] } as const;
  connection = new ClusterConnection(target, { log: { ...silent, warn }, clock });
  await until(() => said.length > 0);
  await attempts();
  expect(said).toEqual(["ECONNREFUSED"]);

  redis = await startPlainRedis({
    more: ["--port", `${node.port}`, "--user", "bridge", "on", ">another", "~*", "+@all"],
  });
  await until(() => said.length > 1);
  await attempts();
  expect(said).toEqual(["ECONNREFUSED", "WRONGPASS"]);

  const admin = await connectTo(redis.target);
  await admin.command("ACL", "SETUSER", "bridge", "resetpass", ">ours");
  await admin.close();
  await until(() => said.length > 2);
  await attempts();
  expect(said).toEqual(["ECONNREFUSED", "WRONGPASS", "NOCLUSTER"]);
});
