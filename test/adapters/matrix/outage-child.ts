// Run by privacy.test.ts in a process of its own: traffic over refusals and an outage, and nothing of it printed.
// Prints at the end, on stdout, one JSON line: {"secrets": [...]}, what must not have been printed before it.
import { done, MemoryAttempt } from "../../support/account-host.ts";
import { end, openFor, openOperation, sendOperation, stage } from "./setup.ts";

const one = await stage({ requestTimeoutMs: 200 });
const ana = "@ana-secret:localhost";
const { portal, room, alias } = await openFor(one, ana);
done(await one.account.perform(sendOperation(portal, "text-secret"), new MemoryAttempt()));
const refused = {
  kind: "status",
  status: 403,
  body: `{"errcode":"M_FORBIDDEN","error":"${ana} not in ${room}"}`,
} as const;
one.homeserver.fail(({ path }) => path[0] !== "sync", refused, 12);
await one.account.perform(openOperation(ana, "abcdefghijklmnopqrstuvwxyz"), new MemoryAttempt());
await one.account.perform(sendOperation(portal, "text-secret"), new MemoryAttempt());
one.homeserver.heal();
await one.homeserver.outage();
await one.account.perform(openOperation(ana, "bcdefghijklmnopqrstuvwxyza"), new MemoryAttempt());
await one.account.perform(sendOperation(portal, "text-secret"), new MemoryAttempt());
await one.account.perform({ kind: "closePortal", id: "x" as never, portal }, new MemoryAttempt());
await one.host.until(() => one.host.states.at(-1)?.kind === "disconnected");
await one.homeserver.resume();
await one.host.until(() => one.host.states.at(-1)?.kind === "connected");
one.homeserver.userSends(room, ana, "text-secret");
await one.host.until(() => one.host.texts(room).length === 1);
await end(one);
process.stdout.write(`logs ${JSON.stringify(one.host.logs)}\n`);
process.stdout.write(`states ${JSON.stringify(one.host.states)}\n`);
const secrets = [
  ana,
  "ana-secret",
  room,
  room.slice(1),
  alias,
  "text-secret",
  "-token-of-a-test",
  "@footbridge",
  "@_fb_",
];
process.stdout.write(`${JSON.stringify({ secrets })}\n`);
