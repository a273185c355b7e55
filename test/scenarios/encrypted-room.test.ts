// Somebody's client encrypts its direct chats with the bridge, as Element does by default: the real daemon, killed between the
// steps, a real Synapse, and a real client with encryption. What is said there is in the transcripts (test/golden).

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Preset } from "matrix-js-sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { registrationOf } from "../../adapters/matrix/index.ts";
import { canRun } from "../../scripts/testing/peers.ts";
import { configFor } from "../adapters/matrix/setup.ts";
import { freePort, type Synapse, startSynapse } from "../peers/synapse/index.ts";
import { type DaemonProcess, startDaemonProcess } from "../support/daemon-process.ts";
import { type MatrixUser, matrixUser } from "../support/matrix-user.ts";

const BOT = "@footbridge:localhost";
const INVITED = "I can't read encrypted rooms here yet. I've invited you to one that I can read.";
const HERE = "I can read this room. /help says what you can do here.";
const PATIENCE = 30_000;

describe.runIf(canRun("synapse"))("a direct chat that a client encrypts", () => {
  let folder: string;
  let synapse: Synapse;
  let daemon: DaemonProcess;
  let ana: MatrixUser;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "footbridge-encrypted-"));
    const port = await freePort();
    const config = configFor("http://127.0.0.1:1", port);
    synapse = await startSynapse({ registration: registrationOf(config) });
    ana = await matrixUser({ url: synapse.url, name: "ana", joinInvites: false, encrypts: true });
    const { asToken, hsToken } = config.appservice;
    const appservice = { port, asToken: asToken.expose(), hsToken: hsToken.expose() };
    const homeserver = { url: synapse.url, name: "localhost" };
    daemon = await startDaemonProcess(folder, {
      accounts: { matrix: { network: "matrix", homeserver, appservice } },
    });
  });

  afterAll(async () => {
    ana?.stop();
    await daemon?.end();
    await synapse?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** As a client makes a direct chat. */
  async function encryptedChat(preset: Preset): Promise<string> {
    const { room_id } = await ana.client.createRoom({
      ...{ preset, is_direct: true, invite: [BOT] },
      initial_state: [
        { type: "m.room.encryption", state_key: "", content: { algorithm: "m.megolm.v1.aes-sha2" } },
      ],
    });
    return room_id;
  }

  const isIn = (room: string): boolean =>
    ana.client.getRoom(room)?.getMember(BOT)?.membership === "join" && ana.client.isRoomEncrypted(room);
  /** What the bot said in a room, as the homeserver has it: what is encrypted isn't seen by that. */
  const said = async (room: string): Promise<string[]> =>
    (await ana.history(room)).filter(({ sender }) => sender === BOT).map(({ body }) => body);
  const shown = (room: string): string[] =>
    ana.seenIn(room).flatMap(({ sender, body }) => (sender === BOT ? [body] : []));
  const roomsWhere = (membership: string): string[] =>
    ana.client
      .getRooms()
      .filter((each) => each.getMyMembership() === membership)
      .map(({ roomId }) => roomId);
  const invites = (): string[] => roomsWhere("invite");

  async function killAndStart(): Promise<void> {
    await daemon.end("SIGKILL");
    await daemon.start();
  }

  let chat: string;
  let readable: string;

  test("is answered in clear at once, also by a bridge that is killed when it has just come in", async () => {
    chat = await encryptedChat(Preset.TrustedPrivateChat);
    await ana.until(() => isIn(chat), PATIENCE);
    await killAndStart();
    await ana.until(() => shown(chat).length > 0, PATIENCE);
    const [notice] = ana.seenIn(chat).filter(({ sender }) => sender === BOT);
    expect(notice).toMatchObject({ body: INVITED, msgtype: "m.notice" });
    await ana.until(() => invites().length > 0, PATIENCE);
    readable = invites()[0] ?? "";
    const room = ana.client.getRoom(readable);
    expect(room?.name).toBe("Footbridge");
    expect(room?.getMember(ana.id)?.events.member?.getContent()).toMatchObject({ is_direct: true });
  });

  test("leads to a room in which a command is answered that was typed while the bridge was down", async () => {
    await daemon.end("SIGKILL");
    await ana.client.joinRoom(readable);
    await ana.until(() => roomsWhere("join").includes(readable), PATIENCE);
    expect(ana.client.isRoomEncrypted(readable)).toBe(false);
    await ana.sendText(readable, "help");
    await daemon.start();
    await ana.until(() => shown(readable).some((text) => text.startsWith("You can send me:")), PATIENCE);
    expect((await said(readable))[0]).toBe(HERE);
    expect(await said(readable)).toHaveLength(2);
  });

  test("leads to the same room when there is a second one, and when the bridge is invited again", async () => {
    const second = await encryptedChat(Preset.PrivateChat);
    await ana.until(() => isIn(second), PATIENCE);
    await ana.until(() => shown(second).length > 0, PATIENCE);
    await ana.client.kick(second, BOT);
    const invite = { membership: "invite", is_direct: true }; // the client's own way of inviting doesn't say that it is
    await ana.client.sendStateEvent(second, "m.room.member" as never, invite as never, BOT); // any type
    await killAndStart();
    await ana.until(() => isIn(second), PATIENCE);
    await ana.sendText(readable, "handles");
    await ana.until(() => shown(readable).at(-1)?.startsWith("You have no handles") === true, PATIENCE);
    expect(await said(second)).toEqual([INVITED]);
    expect([invites(), roomsWhere("join").toSorted()]).toEqual([[], [chat, readable, second].toSorted()]);
  });

  test("leads back to that room when it was left", async () => {
    await ana.client.leave(readable);
    await ana.until(() => !roomsWhere("join").includes(readable), PATIENCE);
    const third = await encryptedChat(Preset.TrustedPrivateChat);
    await ana.until(() => invites().length > 0 && shown(third).length > 0, PATIENCE);
    expect(invites()).toEqual([readable]);
    expect(await said(third)).toEqual([INVITED]);
  });

  test("leaves nothing of anybody in the log", () => {
    expect(daemon.output()).toContain("daemon.ready");
    expect(daemon.output()).not.toMatch(/@ana|ana:localhost/);
  });
});
