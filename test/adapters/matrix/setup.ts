import { type MatrixConfig, matrix } from "../../../adapters/matrix/index.ts";
import type { Account, Operation, PortalRef } from "../../../src/adapter/index.ts";
import type { LegId } from "../../../src/model/index.ts";
import { sensitive } from "../../../src/model/index.ts";
import { freePort } from "../../peers/synapse/process.ts";
import { deliveryId, done, MemoryAttempt, MemoryHost, portalAlias } from "../../support/account-host.ts";
import { type Homeserver, startHomeserver } from "../../support/homeserver.ts";
import type { HomeserverRoom } from "../../support/homeserver-state.ts";

/** The adapter's checked config for a homeserver at `url` and a port of ours. */
export function configFor(url: string, port: number, more: Partial<MatrixConfig> = {}): MatrixConfig {
  const parsed = matrix.config.safeParse({
    network: "matrix",
    homeserver: { url, name: "localhost" },
    appservice: { port, asToken: "as-token-of-a-test", hsToken: "hs-token-of-a-test" },
  });
  if (!parsed.success) throw new Error("the test's config is wrong");
  return { ...parsed.data, ...more };
}

/** An account at work, with the way to end it. */
export interface Running {
  readonly account: Account;
  readonly host: MemoryHost;
  /** As the daemon does: intake, then everything. */
  stop(): Promise<void>;
  /** As `kill -9` does, as far as one process can: nothing more is accepted or saved. */
  crash(): Promise<void>;
}

/** Opens and starts the adapter, and waits until it says that it is connected. */
export async function startAccount(config: MatrixConfig, host: MemoryHost, wait = true): Promise<Running> {
  const account = matrix.open(config, host);
  const end = new AbortController();
  const running = account.start(end.signal);
  const stop = async (): Promise<void> => {
    await account.stopIntake();
    end.abort();
    await account.stop(1_000);
    await running;
  };
  if (wait) await host.until(() => host.states.at(-1)?.kind === "connected", 20_000);
  return {
    account,
    host,
    stop,
    crash: async () => {
      host.refuse = true;
      await stop();
    },
  };
}

/** A secret of a test. */
export function token(text: string): MatrixConfig["appservice"]["asToken"] {
  return sensitive(text);
}

/** A loopback homeserver with the adapter at work on it. */
export interface Stage extends Running {
  readonly homeserver: Homeserver;
  readonly config: MatrixConfig;
}

/** Starts both, by default with a free port of ours; end them with `end`. */
export async function stage(more: Partial<MatrixConfig> = {}, wait = true, ours?: number): Promise<Stage> {
  const port = ours ?? (await freePort());
  const homeserver = await startHomeserver({
    asToken: "as-token-of-a-test",
    appservice: { url: `http://127.0.0.1:${port}`, hsToken: "hs-token-of-a-test" },
  });
  const config = configFor(homeserver.url, port, more);
  const running = await startAccount(config, new MemoryHost(), wait);
  return { ...running, homeserver, config };
}

/** Ends a stage. */
export async function end({ stop, homeserver }: Pick<Stage, "stop" | "homeserver">): Promise<void> {
  await stop();
  await homeserver.stop();
}

/** A portal that is open, its user in the room. */
export interface OpenedPortal {
  readonly portal: PortalRef;
  readonly room: string;
  readonly alias: string;
}

/** Opens a portal for a user of the loopback homeserver. */
export async function openFor(
  { account, homeserver }: Pick<Stage, "account" | "homeserver">,
  user: string,
  alias: string = portalAlias(),
): Promise<OpenedPortal> {
  const { opened } = done(await account.perform(openOperation(user, alias), new MemoryAttempt()));
  if (opened === undefined) throw new Error("an opened portal has a ref");
  const room = opened.chat.expose();
  if (homeserver.state.membership(roomOf(homeserver, room), user) === "invite")
    homeserver.userJoins(room, user);
  return { portal: opened.portal, room, alias };
}

/** The operation that opens a portal named Amber Fox. */
export function openOperation(user: string, alias: string): Operation {
  return {
    kind: "openPortal",
    id: deliveryId(),
    leg: "leg" as LegId, // the adapter doesn't look at it
    to: sensitive(user),
    alias,
    profile: { name: "Amber Fox" },
  };
}

/** The operation that sends a text. */
export function sendOperation(portal: PortalRef, text: string, more: Partial<Operation> = {}): Operation {
  const content = { kind: "text", text };
  return { kind: "send", id: deliveryId(), portal, content, at: Date.now(), ...more } as Operation; // a whole one
}

/** A room of the loopback homeserver that must be there. */
export function roomOf(homeserver: Homeserver, id: string): HomeserverRoom {
  const room = homeserver.state.room(id);
  if (room === undefined) throw new Error("there is no such room");
  return room;
}

const ALGORITHM = "m.megolm.v1.aes-sha2";

/** A user turns encryption on: what their clients send from then on is encrypted. */
export function encrypts(homeserver: Homeserver, room: string, user: string): void {
  homeserver.userSendsEvent(room, user, "m.room.encryption", { algorithm: ALGORITHM }, { state_key: "" });
}

/** What a client sends in an encrypted room. */
export function sendsEncrypted(homeserver: Homeserver, room: string, user: string): void {
  const content = { algorithm: ALGORITHM, ciphertext: "AwgA", session_id: "s" };
  homeserver.userSendsEvent(room, user, "m.room.encrypted", content);
}
