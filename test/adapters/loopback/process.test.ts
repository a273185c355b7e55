import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { loopback } from "../../../adapters/loopback/index.ts";
import type { LegId } from "../../../src/model/index.ts";
import { sensitive } from "../../../src/model/index.ts";
import { deliveryId, done, MemoryAttempt, MemoryHost, portalAlias } from "../../support/account-host.ts";

const MAIN = fileURLToPath(new URL("../../support/loopback-network-main.ts", import.meta.url));

test("the network works in a process of its own, and ends with its stdin", async () => {
  const child = spawn(process.execPath, [MAIN, JSON.stringify({ token: "token" })], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => JSON.parse((await lines.next()).value ?? "{}") as Record<string, unknown>; // our own lines
  const { port } = await next();
  const parsed = loopback.config.safeParse({ network: "loopback", port, token: "token" });
  if (!parsed.success) throw new Error("the test's config is wrong");
  const host = new MemoryHost();
  const account = loopback.open(parsed.data, host);
  const running = account.start(new AbortController().signal);
  await host.until(() => host.states.at(-1)?.kind === "connected");
  const open = {
    kind: "openPortal",
    id: deliveryId(),
    leg: "leg" as LegId, // the adapter doesn't look at it
    to: sensitive("ana"),
    alias: portalAlias(),
    profile: { name: "Amber Fox" },
  } as const;
  const thread = done(await account.perform(open, new MemoryAttempt())).opened?.chat.expose();
  child.stdin.write(`${JSON.stringify({ id: 1, do: "says", args: [thread, "ana", "hello"] })}\n`);
  expect(await next()).toMatchObject({ id: 1 });
  await host.until(() => host.texts().length === 1);
  expect(host.texts()).toEqual(["hello"]);
  await account.stop(500);
  await running;
  child.stdin.end();
  expect(await once(child, "exit")).toEqual([0, null]);
});
