// Redis is put back to an older state, as by a restored backup; the state folder isn't.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { forgetAuth, openAuth } from "../../../adapters/whatsapp/auth/auth.ts";
import { AuthRolledBack, AuthUnreadable } from "../../../adapters/whatsapp/auth/errors.ts";
import type { AccountStorage } from "../../../src/adapter/index.ts";
import type { Connection } from "../../../src/store/redis/connection.ts";
import { startTestRedis, type TestRedis } from "../../support/redis.ts";
import { realStorage, STORAGE_KEY } from "./real-storage.ts";

let redis: TestRedis;
let state: string;
let storage: AccountStorage;
let connection: Connection;

beforeAll(async () => {
  redis = await startTestRedis();
  state = await mkdtemp(path.join(tmpdir(), "fb-rollback-"));
  ({ storage, connection } = await realStorage(redis.socket, state));
});
afterAll(async () => {
  await connection.close();
  await redis.stop();
  await rm(state, { recursive: true, force: true });
});

test("an older state of Redis is found at the start, and ends with a log-out", async () => {
  const auth = await openAuth(storage);
  await auth.saveCreds();
  const backup = await connection.command("DUMP", STORAGE_KEY);
  if (!Buffer.isBuffer(backup)) throw new Error("it is stored");
  await auth.state.keys.set({ session: { "77_1.0": Buffer.from("a step further") } });
  await expect.poll(() => storage.mark.read()).toBe(2);
  expect((await openAuth(storage)).state.creds).toEqual(auth.state.creds);

  await connection.command("RESTORE", STORAGE_KEY, 0, backup, "REPLACE");
  await expect(openAuth(storage)).rejects.toThrow(AuthRolledBack);
  await forgetAuth(storage);
  const anew = await openAuth(storage);
  expect(anew.state.creds.noiseKey).not.toEqual(auth.state.creds.noiseKey);
  await anew.saveCreds();
  expect((await openAuth(storage)).state.creds).toEqual(anew.state.creds);
});

test("what was altered in Redis is an error, and no new keys are made", async () => {
  const auth = await openAuth(storage);
  await auth.saveCreds();
  const fields = await connection.command("HKEYS", STORAGE_KEY);
  for (const field of Array.isArray(fields) ? fields.map(String) : [])
    await connection.command("HSET", STORAGE_KEY, field, Buffer.alloc(80, 1));
  const before = await connection.command("HGETALL", STORAGE_KEY);
  await expect(openAuth(storage)).rejects.toThrow(AuthUnreadable);
  expect(await connection.command("HGETALL", STORAGE_KEY)).toEqual(before);
});
