import { expect } from "vitest";
import { sensitive } from "../../src/model/index.ts";
import { deliveryId, done, portalAlias, until } from "../support/account-host.ts";
import type { Check } from "./check.ts";
import type { Stage } from "./stage.ts";

/** Opens a portal; what it is. */
async function opened(stage: Stage, person: string, alias: string) {
  const outcome = done(await stage.openPortal(person, alias));
  return { portal: outcome.opened?.portal.expose(), chat: outcome.opened?.chat.expose() };
}

const openTwice: Check = {
  name: "opens one portal for an alias, however often and by whichever process it is asked",
  run: async (stage) => {
    const person = stage.person();
    const alias = portalAlias();
    const first = await opened(stage, person, alias);
    expect(first.portal).toBeDefined();
    expect(await opened(stage, person, alias)).toEqual(first);
    await stage.kill();
    await stage.again();
    expect(await opened(stage, person, alias)).toEqual(first);
    const other = await opened(stage, person, portalAlias());
    expect(other.chat).not.toBe(first.chat);
  },
};

const bridgeSpeaks: Check = {
  name: "opens one portal for an alias in which the bridge speaks by itself, and hears what is written there",
  run: async (stage) => {
    const person = stage.person();
    const alias = portalAlias();
    const [first, second] = [
      done(await stage.openPortal(person, alias, "bridge")).opened,
      done(await stage.openPortal(person, alias, "bridge")).opened,
    ];
    if (first === undefined) throw new Error("found a portal that was opened without a ref, expected one");
    const chat = first.chat.expose();
    expect(second?.chat.expose()).toBe(chat);
    stage.network.join?.(person, chat);
    const [notice, text] = [stage.text("notice"), stage.text()];
    done(await stage.perform(stage.sending(first, { kind: "notice", text: notice })));
    expect(stage.network.shown(person, chat)).toEqual([notice]);
    const said = stage.network.says(person, chat, text);
    await until(() => said.taken());
    expect(stage.host.texts(chat)).toEqual([text]);
  },
};

const openFirstMarks: Check = {
  name: "marks the opening of a portal before anything goes out",
  run: async (stage) => {
    const person = stage.person();
    const before = stage.network.requests();
    let atMark: number | undefined;
    const operation = {
      kind: "openPortal",
      id: deliveryId(),
      leg: "leg",
      to: sensitive(person),
      alias: portalAlias(),
      profile: { name: "Amber Fox" },
    };
    const attempt = {
      number: 1,
      signal: new AbortController().signal,
      mark: async () => {
        atMark ??= stage.network.requests();
      },
      progress: async () => undefined,
    };
    // A literal of that operation.
    done(await stage.account.perform(operation as Parameters<typeof stage.account.perform>[0], attempt));
    expect(atMark).toBe(before);
    expect(stage.network.requests()).toBeGreaterThan(before);
  },
};

const addressIsRefused: Check = {
  name: "refuses to open a portal for what is no address of its network",
  run: async (stage) => {
    const outcome = await stage.openPortal("no address (canary)", portalAlias());
    expect(outcome).toMatchObject({ kind: "refused", reason: "unreachable" });
  },
};

const changeAndClose: Check = {
  name: "renames a portal and closes it, also when it is closed already",
  run: async (stage) => {
    const { portal } = await stage.chat();
    const profile = { name: "Blue Heron" };
    done(await stage.perform({ kind: "updatePortal", id: deliveryId(), portal, profile }));
    for (let times = 0; times < 2; times += 1) {
      done(await stage.perform({ kind: "closePortal", id: deliveryId(), portal }));
    }
  },
};

const given: Check = {
  name: "gives the portal of a number and a person without a request, always the same",
  run: async (stage) => {
    const { account, network } = stage;
    const { number } = network;
    if (number === undefined || account.portalOf === undefined) throw new Error("portals are opened here");
    const person = stage.person();
    const before = network.requests();
    const [first, second] = [0, 1].map(() => account.portalOf?.(sensitive(number), sensitive(person)));
    expect(first?.portal.expose()).toBe(second?.portal.expose());
    expect(first?.chat.expose()).toBe(second?.chat.expose());
    expect(network.requests()).toBe(before);
  },
};

/** Native threads. */
export const portalChecks: readonly Check[] = [
  openTwice,
  bridgeSpeaks,
  openFirstMarks,
  addressIsRefused,
  changeAndClose,
  given,
];
