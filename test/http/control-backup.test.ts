// Who asks for a backup may go away at any time: the file that it lies in, which has no name any more, goes with them.

import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { open, rm } from "node:fs/promises";
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { BackupReport, ControlHandlers } from "../../src/http/control-api.ts";
import { type ControlServer, openControlServer } from "../../src/http/control-server.ts";
import { until } from "../support/test-house.ts";

/** More than the kernel takes before anybody reads. */
const BYTES = 16 * 1024 * 1024;
const COUNTS = { persons: 1, conversations: 1, leftOut: 0, created: 1, expires: 2, still: true };
const REPORT: BackupReport = { bytes: BYTES, ...COUNTS };

let folder: string;
let server: ControlServer;
let asked: PromiseWithResolvers<void>;
let made: PromiseWithResolvers<void>;
let content: Readable | undefined;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "fb-control-backup-"));
  asked = Promise.withResolvers();
  made = Promise.withResolvers();
  content = undefined;
  const handlers: Pick<ControlHandlers, "backup"> = {
    backup: async () => {
      asked.resolve();
      await made.promise;
      const path = join(folder, "draft");
      const file = await open(path, "wx+");
      await file.truncate(BYTES);
      await rm(path);
      content = file.createReadStream({ start: 0 });
      return { report: REPORT, content };
    },
  };
  server = await openControlServer({
    stateFolder: folder,
    handlers: handlers as ControlHandlers, // nothing else is asked for
    onError: (error) => expect.fail(String(error)),
  });
});
afterEach(async () => {
  await server.close();
  content?.destroy();
  rmSync(folder, { recursive: true, force: true });
});

const ask = (): ClientRequest => {
  const outgoing = request({ socketPath: server.path, method: "POST", path: "/backup" });
  outgoing.on("error", () => undefined);
  outgoing.end();
  return outgoing;
};

test("a backup is closed when it was fetched", async () => {
  made.resolve();
  const [answer] = (await once(ask(), "response")) as [IncomingMessage];
  let bytes = 0;
  for await (const part of answer) bytes += (part as Buffer).length;
  expect(bytes).toBe(BYTES);
  await until(() => content?.closed === true);
});

test("a backup is closed when who asked goes away while they fetch it", async () => {
  made.resolve();
  const outgoing = ask();
  await once(outgoing, "response");
  expect(content?.closed).toBe(false);
  outgoing.destroy();
  await until(() => content?.closed === true);
});

test("a backup is closed when who asked had gone before it was made", async () => {
  const outgoing = ask();
  await asked.promise;
  outgoing.destroy();
  await new Promise((resolve) => setTimeout(resolve, 50)); // the server has seen it
  made.resolve();
  await until(() => content?.closed === true);
});
