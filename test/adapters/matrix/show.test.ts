// What is shown for a while, against a homeserver that answers as the test says.

import { createDecipheriv, createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MatrixHttp } from "../../../adapters/matrix/http.ts";
import { namesOf } from "../../../adapters/matrix/names.ts";
import { portalRef } from "../../../adapters/matrix/portal-ref.ts";
import { show } from "../../../adapters/matrix/show.ts";
import type { Showing } from "../../../src/adapter/index.ts";
import { sensitive } from "../../../src/model/index.ts";
import { systemClock } from "../../../src/observe/clock.ts";
import { createRandom } from "../../../src/observe/random.ts";
import { token } from "./setup.ts";

const ADMIN = "@admin:localhost";
const NAMES = namesOf({ homeserver: { name: "localhost" }, bot: "footbridge", ghostPrefix: "_fb_" });
const PORTAL = portalRef({ room: "!r:localhost", ghost: NAMES.bot, device: "FOOTBRIDGE" });
const PNG = Buffer.from("not really a picture, which nobody looks at here");
const CODE: Showing = { id: "one", to: sensitive(ADMIN), kind: "text", text: sensitive("ABCD-EFGH") };
const PICTURE: Showing = {
  ...{ id: "two", to: sensitive(ADMIN), kind: "picture" },
  ...{ png: sensitive(PNG), side: 8, caption: "Scan this" },
};

let server: Server;
let http: MatrixHttp;
let asked: { readonly what: string; readonly body: Buffer }[];
let members: readonly string[];
/** What is answered to a kind of request, before it is answered well. */
let faults: [what: string, status: number][];

beforeEach(async () => {
  asked = [];
  members = [NAMES.bot, ADMIN];
  faults = [];
  server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(Buffer.from(part));
    const what = /(joined_members|upload|send|redact)/.exec(request.url ?? "")?.[1] ?? "";
    asked.push({ what, body: Buffer.concat(parts) });
    const at = faults.findIndex(([fault]) => fault === what);
    const [[, status = 200] = []] = at < 0 ? [] : faults.splice(at, 1);
    const joined = Object.fromEntries(members.map((member) => [member, {}]));
    const answer = { joined, content_uri: "mxc://localhost/m", event_id: "$e" };
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(status === 200 ? answer : { errcode: "M_TEST" }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // it listens on TCP
  http = new MatrixHttp({
    ...{ url: `http://127.0.0.1:${port}`, asToken: token("t"), connections: 1, timeoutMs: 2_000 },
  });
});
afterEach(async () => {
  await http.close();
  server.close();
});

const over = new AbortController().signal;
const random = createRandom();
const clock = { ...systemClock, sleep: async () => undefined };
const shown = (showing: Showing) => show({ names: NAMES, http, clock, random, over }, PORTAL, showing, over);
const kinds = () => asked.map(({ what }) => what);
const sent = () => JSON.parse(String(asked.find(({ what }) => what === "send")?.body));

test("a code is the bot's notice, until it is redacted", async () => {
  const code = await shown(CODE);
  expect(sent()).toEqual({ msgtype: "m.notice", body: "ABCD-EFGH" });
  await code?.remove();
  expect(kinds()).toEqual(["joined_members", "send", "redact"]);
});

test("a picture is uploaded so that it can be opened with its message alone", async () => {
  await shown(PICTURE);
  const octets = asked.find(({ what }) => what === "upload")?.body ?? Buffer.alloc(0);
  expect(octets.includes(PNG.subarray(0, 8))).toBe(false);
  const { file, ...content } = sent();
  expect(content).toEqual({
    ...{ msgtype: "m.image", body: "Scan this", filename: "code.png" },
    info: { mimetype: "image/png", size: PNG.length, w: 8, h: 8 },
  });
  expect(file).toMatchObject({
    v: "v2",
    url: "mxc://localhost/m",
    key: { kty: "oct", alg: "A256CTR", ext: true },
  });
  expect(file.hashes.sha256).toBe(createHash("sha256").update(octets).digest("base64").replace(/=+$/, ""));
  const [key, iv] = [Buffer.from(file.key.k, "base64url"), Buffer.from(file.iv, "base64")];
  expect(iv.subarray(8)).toEqual(Buffer.alloc(8));
  const opener = createDecipheriv("aes-256-ctr", key, iv);
  expect(Buffer.concat([opener.update(octets), opener.final()])).toEqual(PNG);
});

describe("nothing is shown", () => {
  test.each([
    ["others are in the room", [NAMES.bot, ADMIN, "@guest:localhost"]],
    ["somebody else is", [NAMES.bot, "@guest:localhost"]],
    ["nobody is", [NAMES.bot]],
  ])("where %s", async (_, there) => {
    members = there;
    expect(await shown(CODE)).toBeUndefined();
    expect(kinds()).toEqual(["joined_members"]);
  });

  test.each(["joined_members", "upload", "send"])("when the homeserver refuses %s", async (what) => {
    faults = [[what, 403]];
    expect(await shown(PICTURE)).toBeUndefined();
    expect(kinds().at(-1)).toBe(what);
  });
});

describe("what was shown", () => {
  test("is redacted again while the homeserver is away", async () => {
    const code = await shown(CODE);
    faults = [
      ["redact", 502],
      ["redact", 429],
    ];
    await code?.remove();
    expect(kinds().filter((what) => what === "redact")).toHaveLength(3);
  });

  test("isn't for ever, nor when the homeserver says no", async () => {
    const code = await shown(CODE);
    faults = Array.from({ length: 9 }, () => ["redact", 502]);
    await code?.remove();
    expect(kinds().filter((what) => what === "redact")).toHaveLength(5);
    faults = [["redact", 403]];
    await code?.remove();
    expect(kinds().filter((what) => what === "redact")).toHaveLength(6);
  });
});
