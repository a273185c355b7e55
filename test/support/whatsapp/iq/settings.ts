import { randomBytes } from "node:crypto";
import type { BinaryNode } from "baileys";
import type { Caller, Core, Handle } from "../core.ts";
import { notify } from "../delivery.ts";
import { formOf } from "../jids.ts";
import { child, children, node, now } from "../nodes.ts";
import { sendHistory } from "../people/history.ts";
import { refuse, reply } from "./reply.ts";

/** Says yes, and nothing else happens: pings (`w:p`), telemetry (`w:stats`), dirty bits, pushes, texts of profiles. */
export const agree: Handle = (_core, caller, iq) => reply(caller, iq);

/** `xmlns="passive"`: after `<active/>` a client is ready; now its phone sends a new one the history. */
export const passive: Handle = async (core, caller, iq) => {
  reply(caller, iq);
  if (core.history && child(iq, "active") !== undefined) await sendHistory(core, caller.device);
};

/** `xmlns="abt"`: the server's properties; both clients take none (baileys lib/Socket/chats.js, `fetchProps`). */
export const properties: Handle = (_core, caller, iq) =>
  reply(caller, iq, [node("props", { hash: "0", protocol: "1" })]);

/** `xmlns="blocklist"`: nobody is blocked. */
export const blocklist: Handle = (_core, caller, iq) =>
  reply(caller, iq, [node("list", { dhash: "0", matched: "false" })]);

/**
 * `xmlns="privacy"`: settings are open to all; `<tokens>` gives somebody the right to write first, and they are told by a
 * notification. Shapes: baileys lib/Socket/messages-send.js (`issuePrivacyTokens`), messages-recv.js
 * (`handlePrivacyTokenNotification`), whatsmeow notification.go and privacysettings.go.
 */
export const privacy: Handle = (core, caller, iq) => {
  const tokens = child(iq, "tokens");
  if (tokens !== undefined) {
    for (const token of children(tokens, "token")) giveToken(core, caller, token);
    return reply(caller, iq, [node("tokens")]);
  }
  const names = ["readreceipts", "last", "status", "profile", "groupadd", "online", "calladd"];
  reply(caller, iq, [
    node(
      "privacy",
      {},
      names.map((name) => node("category", { name, value: "all" })),
    ),
  ]);
};

function giveToken(core: Core, caller: Caller, { attrs }: BinaryNode): void {
  const receiver = core.directory.account(attrs.jid ?? "");
  if (receiver === undefined) return;
  const giver = caller.device.account;
  const token = randomBytes(16);
  receiver.tokens.set(giver.lid, token);
  const form = giver.settings.hidesNumber ? "lid" : formOf(attrs.jid ?? "");
  for (const device of receiver.companions) {
    notify(
      core,
      device,
      {
        from: giver.jid(form),
        sender_lid: giver.jid("lid"),
        type: "privacy_token",
      },
      [
        node("tokens", {}, [
          node("token", { jid: receiver.jid(form), t: attrs.t ?? now(), type: "trusted_contact" }, token),
        ]),
      ],
    );
  }
}

/** `xmlns="w:m"`: where media goes. whatsmeow mediaconn.go wants all these attributes; a host may have a port. */
export const media: Handle = (core, caller, iq) =>
  reply(caller, iq, [
    node("media_conn", { auth: core.mediaAuth, ttl: "300", auth_ttl: "300", max_buckets: "12" }, [
      node("host", { hostname: core.mediaHost }),
    ]),
  ]);

/** `xmlns="w:profile:picture"`: there is none (baileys lib/Socket/chats.js, `profilePictureUrl`, throws then). */
export const picture: Handle = (_core, caller, iq) =>
  iq.attrs.type === "get" ? refuse(caller, iq, 404, "item-not-found") : reply(caller, iq);

/**
 * `xmlns="w:sync:app:state"`: nothing was ever changed; what a client changes is numbered and forgotten. Shapes: baileys
 * lib/Utils/chat-utils.js (`extractSyncdPatches`), whatsmeow appstate.go.
 */
export const appState: Handle = (_core, caller, iq) => {
  const collections = children(child(iq, "sync"), "collection").map((asked) => {
    const version = Number(asked.attrs.version ?? 0) + (child(asked, "patch") === undefined ? 0 : 1);
    return node("collection", { name: asked.attrs.name, version: String(version) });
  });
  reply(caller, iq, [node("sync", {}, collections)]);
};

/** `xmlns="w:mex"`: whether the account may write to strangers (baileys lib/Socket/socket.js, `fetchAccountReachoutTimelock`). */
export const mex: Handle = (core, caller, iq) => {
  const until = core.timeLocks.get(caller.device.account.number);
  const lock = { is_active: until !== undefined, time_enforcement_ends: String(until ?? 0) };
  const data = { xwa2_fetch_account_reachout_timelock: { ...lock, enforcement_type: "DEFAULT" } };
  reply(caller, iq, [node("result", {}, Buffer.from(JSON.stringify({ data })))]);
};
