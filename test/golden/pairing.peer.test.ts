// Who runs the bridge links its WhatsApp account from their Matrix room: the daemon as it is, a real homeserver and Matrix client, a
// camera, and a WhatsApp-compatible server.

import "../support/whatsapp/quiet-console.ts";
import { createDecipheriv } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { canRun } from "../../scripts/testing/peers.ts";
import { cameraReadsPng } from "../support/camera.ts";
import { type MatrixUser, matrixUser } from "../support/matrix-user.ts";
import { Networks } from "./daemon/networks.ts";
import { RunningDaemon } from "./daemon/running.ts";
import { digits, OWN_NUMBER, WhatsAppSide } from "./daemon/whatsapp-side.ts";

const PATIENCE = 30_000;
const OWNER = digits(OWN_NUMBER);
const HOW =
  /^On the phone: WhatsApp, Settings, Linked devices, Link a device. Scan this; it is good for \d+ seconds\.$/;

describe.runIf(canRun("synapse") && canRun("jsmpp") && canRun("whatsmeow"))("the operator's chat", () => {
  let networks: Networks;
  let whatsapp: WhatsAppSide;
  let admin: MatrixUser;
  let guest: MatrixUser;
  let daemon: RunningDaemon;
  let room = "";
  beforeAll(async () => {
    [networks, whatsapp] = await Promise.all([Networks.open(), WhatsAppSide.open()]);
    const { url } = networks.synapse;
    [admin, guest] = await Promise.all([
      matrixUser({ url, name: "admin" }),
      matrixUser({ url, name: "guest" }),
    ]);
  }, 180_000);
  afterAll(async () => {
    admin?.stop();
    guest?.stop();
    await daemon?.stop();
    await networks?.close();
    await whatsapp?.close();
  });

  const texts = () =>
    admin
      .seenIn(room)
      .filter(({ msgtype }) => msgtype !== "m.image")
      .map(({ body }) => body);
  const pictures = () => admin.seenIn(room).filter(({ msgtype }) => msgtype === "m.image");
  const reads = (text: string) => admin.until(() => texts().includes(text), PATIENCE);

  /** The content of an event as the homeserver has it now: empty when it was redacted. */
  const contentOf = async (event: string): Promise<Record<string, unknown>> =>
    (await admin.client.fetchRoomEvent(room, event)).content ?? {};

  /** Downloads a picture as a client does, and looks at it with a camera. */
  async function scanned(event: string): Promise<string> {
    const content = (await contentOf(event)) as unknown as PictureContent; // the specification's m.image
    const url = admin.client.mxcUrlToHttp(
      content.file.url,
      undefined,
      undefined,
      undefined,
      false,
      true,
      true,
    );
    const headers = { authorization: `Bearer ${admin.accessToken}` };
    const sealed = Buffer.from(await (await fetch(url ?? "", { headers })).arrayBuffer());
    const { iv, key } = content.file;
    const opener = createDecipheriv(
      "aes-256-ctr",
      Buffer.from(key.k, "base64url"),
      Buffer.from(iv, "base64"),
    );
    const png = Buffer.concat([opener.update(sealed), opener.final()]);
    expect(content.info).toEqual({
      mimetype: "image/png",
      size: png.length,
      w: png.readUInt32BE(16),
      h: png.readUInt32BE(20),
    });
    expect(cameraReadsPng(png)).toMatch(/^(?:https:\/\/|2@)/);
    return cameraReadsPng(png) ?? "";
  }

  async function isGone(event: string): Promise<void> {
    await daemon.until(async () => Object.keys(await contentOf(event)).length === 0);
  }

  it("shows a picture, which their phone scans: the account is linked, the picture is gone", async () => {
    const { matrix } = networks.accounts([]);
    daemon = await RunningDaemon.start(
      { matrix, ...whatsapp.account() },
      async (running) => {
        daemon = running;
        const [first] = await admin.until(() => admin.seen.length > 0 && admin.seen, PATIENCE);
        room = first?.room ?? "";
        expect(first?.body).toMatch(/needs pairing: .*, or write "whatsapp pair" here\.$/);
        await admin.sendText(room, "whatsapp pair");
        const picture = await admin.until(() => pictures()[0], PATIENCE);
        expect(picture.body).toMatch(HOW);
        const qr = await scanned(picture.id);
        whatsapp.server.scan(OWNER, qr);
        await reads("WhatsApp (whatsapp) is linked with its phone.");
        await isGone(picture.id);
        expect(running.logged.join("")).not.toContain(qr.slice(-40));
      },
      { operator: { matrix: "@admin:example.org" } },
    );
    expect(await daemon.isConnected("whatsapp")).toBe(true);
    await reads("WhatsApp (whatsapp) works again.");
  }, 180_000);

  it("gets each picture in place of the one before, and the last goes when nobody scans it", async () => {
    whatsapp.server.end(OWNER, "removed");
    await admin.until(() => texts().some((text) => text.includes("was logged out")), PATIENCE);
    const before = pictures().length;
    await admin.sendText(room, "whatsapp pair");
    const first = await admin.until(() => pictures()[before], PATIENCE);
    const code = await scanned(first.id);
    await admin.sendText(room, "pair whatsapp");
    const second = await admin.until(() => pictures()[before + 1], PATIENCE);
    await isGone(first.id);
    expect(await scanned(second.id)).not.toBe(code);
    expect(() => whatsapp.server.scan(OWNER, code)).toThrow();
    await admin.sendText(room, "whatsapp pair code");
    const typed = await admin.until(() => texts().find((text) => text.includes("Type ")), PATIENCE);
    await isGone(second.id);
    await whatsapp.server.enterCode(OWNER, /Type (\w{4}-\w{4});/.exec(typed)?.[1]?.replace("-", "") ?? "");
    await daemon.until(() => daemon.isConnected("whatsapp"));
    await isGone(admin.seenIn(room).find(({ body }) => body === typed)?.id ?? "");
  }, 180_000);

  it("stays shut for anybody else, and where others listen", async () => {
    const { room_id: theirs } = await guest.client.createRoom({
      invite: ["@footbridge:example.org"],
      is_direct: true,
    });
    await guest.until(
      () => guest.client.getRoom(theirs)?.getMember("@footbridge:example.org")?.membership === "join",
      PATIENCE,
    );
    await guest.sendText(theirs, "whatsapp pair");
    const answer = await guest.until(
      () => guest.seenIn(theirs).find(({ sender }) => sender !== guest.id),
      PATIENCE,
    );
    expect(answer.body).not.toMatch(/whatsapp|scan/i);
    expect(guest.seen.every(({ msgtype }) => msgtype !== "m.image")).toBe(true);

    whatsapp.server.end(OWNER, "removed");
    daemon.clock.skip(11 * 60_000); // the same isn't told twice in ten minutes
    const before = pictures().length;
    await admin.client.invite(room, guest.id);
    await guest.until(() => guest.client.getRoom(room)?.getMyMembership() === "join", PATIENCE);
    await admin.sendText(room, "whatsapp pair");
    await admin.until(() => texts().some((text) => text.includes("can't be linked here now")), PATIENCE);
    expect(pictures()).toHaveLength(before);
  }, 180_000);
});

interface PictureContent {
  readonly info: unknown;
  readonly file: { readonly url: string; readonly iv: string; readonly key: { readonly k: string } };
}
