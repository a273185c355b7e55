import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type MatrixConfig, registrationOf } from "../../../adapters/matrix/index.ts";
import { canRun } from "../../../scripts/testing/peers.ts";
import type { Operation, Outcome, PortalRef } from "../../../src/adapter/index.ts";
import { sensitive } from "../../../src/model/index.ts";
import { freePort, type Synapse, startSynapse } from "../../peers/synapse/index.ts";
import { deliveryId, done, MemoryAttempt, MemoryHost, portalAlias } from "../../support/account-host.ts";
import { type MatrixUser, matrixUser } from "../../support/matrix-user.ts";
import { configFor, openOperation, type Running, sendOperation, startAccount, token } from "./setup.ts";

const BOT = "@footbridge:localhost";

describe.runIf(canRun("synapse"))("a Matrix account with Synapse", () => {
  let synapse: Synapse;
  let config: MatrixConfig;
  let ana: MatrixUser;
  let running: Running | undefined;

  beforeAll(async () => {
    const port = await freePort();
    synapse = await startSynapse({ registration: registrationOf(configFor("http://127.0.0.1:1", port)) });
    config = configFor(synapse.url, port);
    ana = await matrixUser({ url: synapse.url, name: "ana" });
  });

  afterAll(async () => {
    ana?.stop();
    await synapse?.stop();
  });

  afterEach(async () => {
    await running?.stop();
    running = undefined;
  });

  async function begin(host = new MemoryHost(), more: Partial<MatrixConfig> = {}): Promise<Running> {
    running = await startAccount({ ...config, ...more }, host);
    return running;
  }

  async function open(
    { account }: Running,
    alias = portalAlias(),
  ): Promise<{ portal: PortalRef; room: string }> {
    const { opened } = done(await account.perform(openOperation(ana.id, alias), new MemoryAttempt()));
    if (opened === undefined) throw new Error("an opened portal has a ref");
    const room = opened.chat.expose();
    await ana.until(() => ana.client.getRoom(room)?.getMyMembership() === "join");
    return { portal: opened.portal, room };
  }

  const numbers = (count: number): string[] => Array.from({ length: count }, (_, n) => `text ${n}`);

  /** Performs as the house does: whatever isn't final comes again, under the same id. */
  async function perform(
    { account }: Running,
    operation: Parameters<typeof account.perform>[0],
  ): Promise<Outcome> {
    // Synapse takes ten seconds and more to come back on a busy machine.
    for (const end = Date.now() + 60_000; Date.now() < end; ) {
      const outcome = await account.perform(operation, new MemoryAttempt());
      if (outcome.kind === "done" || outcome.kind === "refused") return outcome;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error("it wasn't done in a minute");
  }

  test("texts go both ways in order, formatted ones with their format, replies with their target", async () => {
    const one = await begin();
    const { portal, room } = await open(one);
    for (const text of numbers(20))
      done(await one.account.perform(sendOperation(portal, text), new MemoryAttempt()));
    for (const text of numbers(20)) await ana.sendText(room, text);
    await ana.until(() => ana.seenIn(room).length === 40);
    await one.host.until(() => one.host.texts(room).length === 20);
    const ghosts = ana.seenIn(room).filter(({ sender }) => sender !== ana.id);
    expect(ghosts.map(({ body }) => body)).toEqual(numbers(20));
    expect(one.host.texts(room)).toEqual(numbers(20));

    const id = await ana.sendHtml(
      room,
      "**yes** no",
      '<strong>yes</strong> <a href="https://matrix.to/#/@x:localhost">no</a>',
    );
    await one.host.until(() => one.host.texts(room).length === 21);
    const body = one.host.events.at(-1)?.body;
    expect(body).toMatchObject({
      kind: "message",
      content: { kind: "text", text: "yes no", spans: [{ start: 0, end: 3, style: "bold" }] },
    });
    const replyTo = one.host.events.at(-1)?.ref;
    if (replyTo === undefined) throw new Error("a message has a ref");
    expect(replyTo.expose()).toBe(id);
    const content = {
      kind: "text",
      text: "so be it",
      spans: [{ start: 6, end: 8, style: "italic" }],
    } as const;
    done(await one.account.perform(sendOperation(portal, "", { content, replyTo }), new MemoryAttempt()));
    const shown = await ana.until(() => ana.seenIn(room).find(({ body }) => body === "so be it"));
    expect(shown).toMatchObject({ html: "so be <em>it</em>", replyTo: id });
    done(
      await one.account.perform(
        sendOperation(portal, "", { content: { kind: "notice", text: "from the bridge" } }),
        new MemoryAttempt(),
      ),
    );
    const notice = await ana.until(() => ana.seenIn(room).find(({ body }) => body === "from the bridge"));
    expect(notice).toMatchObject({ msgtype: "m.notice", sender: "@footbridge:localhost" });
  });

  test("typing and read receipts come by transactions, and the ping finds us", async () => {
    const one = await begin();
    const { portal, room } = await open(one);
    const { refs } = done(await one.account.perform(sendOperation(portal, "read me"), new MemoryAttempt()));
    await ana.until(() => ana.seenIn(room).length === 1);
    await ana.typing(room, true);
    await ana.readLatest(room);
    await one.host.until(() => one.host.signals.some(({ typing, chat }) => typing && chat.expose() === room));
    const read = await one.host.until(() => one.host.events.find(({ body }) => body.kind === "status"));
    expect(read.body.kind === "status" && read.body.targets[0]?.expose()).toBe(refs[0]?.expose());
    expect(read.from.expose()).toBe(ana.id);
    expect(one.host.states.at(-1)).toEqual({ kind: "connected" });
  });

  test("Synapse killed and stopped in the middle of traffic loses nothing, doubles nothing, keeps the order", async () => {
    const one = await begin();
    const { portal, room } = await open(one);
    const count = 60;
    const told: string[] = [];
    const out = (async () => {
      for (const text of numbers(count)) {
        const outcome = await perform(one, sendOperation(portal, `out ${text}`));
        told.push(done(outcome).refs[0]?.expose() ?? "");
      }
    })();
    const taken: string[] = [];
    const into = (async () => {
      for (const text of numbers(count)) taken.push(await sendUntilTaken(room, `in ${text}`));
    })();
    for (const signal of ["SIGKILL", "SIGTERM"] as const) {
      await new Promise((resolve) => setTimeout(resolve, 400));
      await synapse.restart(signal);
    }
    await Promise.all([out, into]);
    await one.host.until(() => one.host.texts(room).length >= count, 30_000);
    const seen = (await ana.history(room)).filter(({ sender }) => sender !== ana.id);
    expect(seen.map(({ id }) => id)).toEqual(told);
    expect(seen.map(({ body }) => body)).toEqual(numbers(count).map((text) => `out ${text}`));
    const accepted = one.host.events.filter(
      ({ chat, body }) => chat.expose() === room && body.kind === "message",
    );
    expect(accepted.map(({ ref }) => ref?.expose())).toEqual(taken);
  });

  /** A user's own try, with one txnId, until the homeserver says 200. */
  async function sendUntilTaken(room: string, text: string): Promise<string> {
    const path = `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/send/m.room.message/${deliveryId()}`;
    for (let tries = 0; tries < 400; tries++) {
      try {
        const response = await fetch(synapse.url + path, {
          method: "PUT",
          headers: { authorization: `Bearer ${ana.accessToken}`, "content-type": "application/json" },
          body: JSON.stringify({ msgtype: "m.text", body: text }),
        });
        const answer = (await response.json()) as { event_id?: string }; // the specification's
        if (response.ok && answer.event_id !== undefined) return answer.event_id;
      } catch {
        // it is away; the same txnId again
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error("Synapse took nothing in 20 s");
  }

  test("what was said while the bridge was down comes after its restart, from the saved place", async () => {
    const one = await begin();
    const { room } = await open(one);
    await ana.sendText(room, "before");
    await one.host.until(() => one.host.texts(room).length === 1);
    await one.crash();
    for (const text of numbers(130)) await ana.sendText(room, text);
    await synapse.restart("SIGKILL");
    const host = new MemoryHost(one.host);
    await begin(host);
    await host.until(() => host.texts(room).length === 131, 30_000);
    expect(host.texts(room)).toEqual(["before", ...numbers(130)]);
  });

  test("a delivery that is sent again after Synapse was restarted is the same message", async () => {
    const one = await begin();
    const { portal, room } = await open(one);
    const operation = sendOperation(portal, "once");
    const first = done(await one.account.perform(operation, new MemoryAttempt()));
    await synapse.restart("SIGKILL");
    const second = done(await perform(one, operation));
    expect(second.refs[0]?.expose()).toBe(first.refs[0]?.expose());
    done(await perform(one, sendOperation(portal, "end")));
    await ana.until(() => ana.seenIn(room).some(({ body }) => body === "end"));
    expect(ana.seenIn(room).map(({ body }) => body)).toEqual(["once", "end"]);
  });

  test("a room that was left half-made is found by its alias and mended", async () => {
    const one = await begin();
    const alias = portalAlias();
    const made = await asBot("POST", "/createRoom", {
      preset: "private_chat",
      room_alias_name: `_fb_${alias}`,
    });
    const { room } = await open(one, alias);
    expect(room).toBe(made.room_id);
    expect(ana.client.getRoom(room)?.name).toBe("Amber Fox");
    expect((await asBot("GET", `/rooms/${encodeURIComponent(room)}/joined_members`)).joined).toHaveProperty(
      `@_fb_${alias}:localhost`,
    );
  });

  test("an alias whose room the bot has left leads to a new room", async () => {
    const one = await begin();
    const alias = portalAlias();
    const made = await asBot("POST", "/createRoom", {
      preset: "private_chat",
      room_alias_name: `_fb_${alias}`,
    });
    await asBot("POST", `/rooms/${encodeURIComponent(made.room_id ?? "")}/leave`, {});
    const { room } = await open(one, alias);
    expect(room).not.toBe(made.room_id);
  });

  interface BotAnswer {
    readonly room_id?: string;
    readonly joined?: object;
  }

  async function asBot(method: string, path: string, body?: object): Promise<BotAnswer> {
    const url = `${synapse.url}/_matrix/client/v3${path}?user_id=${encodeURIComponent("@footbridge:localhost")}`;
    const response = await fetch(url, {
      method,
      headers: {
        authorization: `Bearer ${config.appservice.asToken.expose()}`,
        "content-type": "application/json",
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await response.json()) as BotAnswer; // the specification's
  }

  test("opening, renaming, closing: each may be repeated", async () => {
    const one = await begin();
    const alias = portalAlias();
    const { portal, room } = await open(one, alias);
    expect((await open(one, alias)).room).toBe(room);
    const rename = {
      kind: "updatePortal",
      id: deliveryId(),
      portal,
      profile: { name: "Silver Otter" },
    } as const;
    for (let tries = 0; tries < 2; tries++) done(await one.account.perform(rename, new MemoryAttempt()));
    await ana.until(() => ana.client.getRoom(room)?.name === "Silver Otter");
    const close = { kind: "closePortal", id: deliveryId(), portal } as const;
    for (let tries = 0; tries < 2; tries++) done(await one.account.perform(close, new MemoryAttempt()));
    const outcome = await one.account.perform(sendOperation(portal, "x"), new MemoryAttempt());
    expect(outcome).toEqual({ kind: "refused", reason: "forbidden", scope: "portal" });
  });

  test("a person who writes to the bot is heard", async () => {
    const one = await begin();
    const { room_id } = await ana.client.createRoom({ is_direct: true, invite: ["@footbridge:localhost"] });
    await ana.until(
      () => ana.client.getRoom(room_id)?.getMember("@footbridge:localhost")?.membership === "join",
    );
    await ana.sendText(room_id, "hello?");
    await one.host.until(() => one.host.texts(room_id).length === 1);
    expect(one.host.texts(room_id)).toEqual(["hello?"]);
  });

  test("a room that was encrypted long before the bot came is told as soon as it is in it, and is a desk all the same", async () => {
    const one = await begin();
    const { room_id } = await ana.client.createRoom({
      initial_state: [
        { type: "m.room.encryption", state_key: "", content: { algorithm: "m.megolm.v1.aes-sha2" } },
      ],
    });
    for (const topic of numbers(130)) await ana.client.setRoomTopic(room_id, topic);
    const invite = { membership: "invite", is_direct: true };
    await ana.client.sendStateEvent(room_id, "m.room.member" as never, invite as never, BOT); // any type
    const told = await one.host.until(() => one.host.events.find(({ chat }) => chat.expose() === room_id));
    expect([told.from.expose(), told.body]).toEqual([
      ana.id,
      { kind: "message", content: { kind: "unbridgeable", what: "encrypted" } },
    ]);
    const desk = await one.account.deskOf?.(told.chat, told.from);
    expect(desk?.encrypted).toBe(true);
    const plain = await ana.client.createRoom({ is_direct: true, invite: [BOT] });
    await ana.until(() => ana.client.getRoom(plain.room_id)?.getMember(BOT)?.membership === "join");
    const other = await one.account.deskOf?.(sensitive(plain.room_id), told.from);
    expect([other !== undefined, other?.encrypted]).toEqual([true, undefined]);
  });

  test("a portal of the bridge's own: its half-made room is mended, who has left is asked in again, closed it is made anew", async () => {
    const one = await begin();
    const alias = portalAlias();
    const made = await asBot("POST", "/createRoom", {
      preset: "private_chat",
      room_alias_name: `_fb_${alias}`,
    });
    const own = async (): Promise<{ room: string; portal: PortalRef }> => {
      const operation = { ...openOperation(ana.id, alias), profile: "bridge" } as Operation; // still one that opens a portal
      const { opened } = done(await one.account.perform(operation, new MemoryAttempt()));
      if (opened === undefined) throw new Error("an opened portal has a ref");
      const room = opened.chat.expose();
      await ana.until(() => ana.client.getRoom(room)?.getMyMembership() === "join");
      return { room, portal: opened.portal };
    };
    const { room, portal } = await own();
    expect(room).toBe(made.room_id);
    expect(ana.client.getRoom(room)?.name).toBe("Footbridge");
    await ana.client.leave(room);
    expect((await own()).room).toBe(room);
    const members = (await asBot("GET", `/rooms/${encodeURIComponent(room)}/joined_members`)).joined ?? {};
    expect(Object.keys(members).toSorted()).toEqual([ana.id, BOT].toSorted());
    const close = { kind: "closePortal", id: deliveryId(), portal } as const;
    for (let tries = 0; tries < 2; tries++) done(await one.account.perform(close, new MemoryAttempt()));
    expect((await own()).room).not.toBe(room);
  });

  test("a wrong as_token and a wrong hs_token are told with what to do about them", async () => {
    const { appservice } = config;
    const wrongAs = new MemoryHost();
    const first = await startAccount(
      { ...config, appservice: { ...appservice, asToken: token("wrong") } },
      wrongAs,
      false,
    );
    await wrongAs.until(() => wrongAs.states.at(-1)?.kind === "misconfigured");
    await first.stop();
    const state = wrongAs.states.findLast(({ kind }) => kind === "misconfigured");
    expect(state?.kind === "misconfigured" && state.remedy).toMatch(/as_token/);
    const wrongHs = new MemoryHost();
    const second = await startAccount(
      { ...config, appservice: { ...appservice, hsToken: token("wrong") } },
      wrongHs,
      false,
    );
    await wrongHs.until(() => wrongHs.states.at(-1)?.kind === "degraded");
    const other = wrongHs.states.at(-1);
    await second.stop();
    expect(other?.kind === "degraded" && other.remedy).toMatch(/hs_token/);
  });

  test("a homeserver that limits us says when to come again, and all of it arrives", async () => {
    const port = await freePort();
    const registration = { ...registrationOf(configFor("http://127.0.0.1:1", port)), rate_limited: true };
    const limited = await startSynapse({
      registration,
      extra: { rc_message: { per_second: 5, burst_count: 3 } },
    });
    const bea = await matrixUser({ url: limited.url, name: "bea" });
    const one = await startAccount(configFor(limited.url, port), new MemoryHost());
    try {
      const { opened } = done(await perform(one, openOperation(bea.id, portalAlias())));
      if (opened === undefined) throw new Error("an opened portal has a ref");
      const outcomes: Outcome[] = [];
      for (const text of numbers(10)) {
        const operation = sendOperation(opened.portal, text);
        outcomes.push(await one.account.perform(operation, new MemoryAttempt()));
        done(await perform(one, operation));
      }
      const limits = outcomes.filter(({ kind }) => kind === "retry");
      expect(limits[0]).toMatchObject({
        reason: "throttled",
        scope: "account",
        counts: false,
        after: expect.any(Number),
      });
      const room = opened.chat.expose();
      await bea.until(() => bea.seenIn(room).length === 10);
      expect(bea.seenIn(room).map(({ body }) => body)).toEqual(numbers(10));
    } finally {
      bea.stop();
      await one.stop();
      await limited.stop();
    }
  });
});
