import type { Handle } from "./core.ts";
import { hand } from "./delivery.ts";
import { isGroup, userOf } from "./jids.ts";
import { children, node } from "./nodes.ts";

/**
 * `<presence>`: tells that one is there, under which name, or asks to be told of somebody. Shapes: baileys lib/Socket/chats.js
 * (`sendPresenceUpdate`, `presenceSubscribe`, `handlePresenceUpdate`), whatsmeow presence.go.
 */
export const presence: Handle = (core, caller, { attrs }) => {
  const { account } = caller.device;
  if (attrs.name !== undefined) account.name = attrs.name;
  if (attrs.type === "subscribe") {
    const watched = core.directory.account(attrs.to ?? "");
    if (watched === undefined) return;
    watched.watchers.add(caller.device);
    const from = watched.jid("lid");
    return caller.line.send(node("presence", { from, type: watched.online ? undefined : "unavailable" }));
  }
  if (attrs.type === undefined && attrs.name !== undefined) return;
  account.online = attrs.type !== "unavailable";
  const shown = node("presence", {
    from: account.jid("lid"),
    type: account.online ? undefined : "unavailable",
  });
  for (const watcher of account.watchers) hand(watcher, shown);
};

/** `<chatstate>`: `<composing/>` or `<paused/>`, to a person or a group; for those who are there now. */
export const chatstate: Handle = (core, caller, stanza) => {
  const { to = "" } = stanza.attrs;
  const from = caller.device.account.jid("lid");
  const group = isGroup(to) ? core.groups.get(userOf(to)) : undefined;
  const account = core.directory.account(to);
  const receivers = group === undefined ? (account ? [account] : []) : [...group.members];
  const source = group === undefined ? { from } : { from: to, participant: from };
  for (const receiver of receivers) {
    if (receiver === caller.device.account) continue;
    for (const device of receiver.companions) hand(device, node("chatstate", source, children(stanza)));
  }
};
