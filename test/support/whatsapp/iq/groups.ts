import type { BinaryNode } from "baileys";
import type { Caller, Core, Handle } from "../core.ts";
import { notify } from "../delivery.ts";
import { groupJid, userOf } from "../jids.ts";
import { child, children, node, now } from "../nodes.ts";
import type { Account, Device } from "../people/account.ts";
import type { Group } from "../people/groups.ts";
import { refuse, reply } from "./reply.ts";

/**
 * `xmlns="w:g2"`: groups. Shapes: baileys lib/Socket/groups.js (`extractGroupMetadata` reads what comes back), whatsmeow group.go
 * (`CreateGroup` has what a new group may be born with; `parseGroupNode` wants `id` and `creation`). Each change is told to all members,
 * `<notification type="w:gp2">`: baileys lib/Socket/messages-recv.js (`handleGroupNotification`), whatsmeow group.go
 * (`parseGroupChange`).
 */
export const groups: Handle = (core, caller, iq) => {
  const { number } = caller.device.account;
  const isChange = iq.attrs.type === "set";
  const fault = isChange ? core.faults.take(number, "refuse-group", "drop-group-answer") : undefined;
  if (fault?.kind === "refuse-group") return refuse(caller, iq, fault.code, "refused");
  // Carried out for a line that hears nothing of it.
  const line = fault === undefined ? caller.line : { ...caller.line, send: () => undefined };
  return answer(core, { ...caller, line }, iq);
};

const answer: Handle = (core, caller, iq) => {
  const what = children(iq)[0];
  if (what === undefined) return refuse(caller, iq, 400, "bad-request");
  switch (what.tag) {
    case "create":
      return create(core, caller, iq, what);
    case "participating": {
      const all = core.groups.of(caller.device.account).map(describe);
      return reply(caller, iq, [node("groups", {}, all)]);
    }
    case "leave": {
      const left = core.groups.get(userOf(child(what, "group")?.attrs.id ?? ""));
      const self = [caller.device.account];
      if (left?.members.has(caller.device.account)) change(core, caller, left, node("remove"), self);
      return reply(caller, iq, [node("leave", {}, children(what, "group"))]);
    }
  }
  const group = core.groups.get(userOf(iq.attrs.to ?? ""));
  if (group === undefined) return refuse(caller, iq, 404, "item-not-found");
  // What whatsmeow takes for not being in it (group.go, `getGroupInfo`).
  if (!group.members.has(caller.device.account)) return refuse(caller, iq, 403, "forbidden");
  if (what.tag === "query") return reply(caller, iq, [describe(group)]);
  if (!mayChange(group, caller.device.account, what.tag)) return refuse(caller, iq, 403, "forbidden");
  if (!(what.tag in CHANGES)) return refuse(caller, iq, 501, "feature-not-implemented");
  const { answer } = change(core, caller, group, what, accountsOf(core, what));
  reply(caller, iq, answer === undefined ? undefined : [answer]);
};

/** What members may change of a group that isn't locked; the rest is for admins. */
const MEMBERS_MAY: ReadonlySet<string> = new Set(["subject", "description", "ephemeral", "not_ephemeral"]);

function mayChange({ admins, locked, memberAddMode }: Group, account: Account, tag: string): boolean {
  if (admins.has(account)) return true;
  if (tag === "add") return memberAddMode === "all_member_add";
  return MEMBERS_MAY.has(tag) && !locked;
}

/**
 * Who can't be put into groups by others is answered with 403, and the others are in it. All members are told, the one who made it
 * too, with the `key` that they gave it: whatsmeow group.go (`ReqCreateGroup.CreateKey`, `parseGroupCreate`).
 */
function create(core: Core, caller: Caller, iq: BinaryNode, what: BinaryNode): void {
  const { joining, refusing } = byWill(accountsOf(core, what));
  const group = core.groups.create(caller.device.account, what.attrs.subject ?? "", joining);
  group.expiration = Number(child(what, "ephemeral")?.attrs.expiration ?? 0);
  group.locked = child(what, "locked") !== undefined;
  const answer = describe(group);
  const refused = refusing.map((one) => participant(one, { error: "403" }));
  reply(caller, iq, [{ ...answer, content: [...children(answer), ...refused] }]);
  const own = new Set(devicesOf([caller.device.account]));
  const others = devicesOf(group.members).filter((device) => !own.has(device));
  tell(core, caller, group, others, node("create", { type: "new" }, [describe(group)]));
  tell(
    core,
    caller,
    group,
    [...own],
    node("create", { type: "new", key: what.attrs.key }, [describe(group)]),
  );
}

/** What became of a change: what is told to the members, and what to whoever asked. */
interface Changed {
  readonly told: BinaryNode | undefined;
  /** Who came by it: they are told of the whole group instead (whatsmeow types/events, `JoinedGroup`). */
  readonly joined?: readonly Account[];
  readonly answer?: BinaryNode;
}

type Change = (group: Group, what: BinaryNode, named: readonly Account[]) => Changed;

const flag: Change = (_group, what) => ({ told: node(what.tag, what.attrs, children(what)) });

const rank: Change = (group, what, named) => {
  for (const account of named) group.admins[what.tag === "promote" ? "add" : "delete"](account);
  const told = node(what.tag, {}, participants(named));
  return { told, answer: told };
};

const CHANGES: Readonly<Record<string, Change>> = {
  add: (group, _what, named) => {
    const there = named.filter((one) => group.members.has(one));
    const { joining, refusing } = byWill(named.filter((one) => !there.includes(one)));
    for (const account of joining) group.members.add(account);
    const refused = [
      ...refusing.map((one) => participant(one, { error: "403" })),
      ...there.map((one) => participant(one, { error: "409" })),
    ];
    return {
      told: joining.length === 0 ? undefined : node("add", {}, participants(joining)),
      joined: joining,
      answer: node("add", {}, [...participants(joining), ...refused]),
    };
  },
  remove: (group, _what, named) => {
    for (const account of named) {
      group.members.delete(account);
      group.admins.delete(account);
    }
    const told = node("remove", {}, participants(named));
    return { told, answer: told };
  },
  promote: rank,
  demote: rank,
  subject: (group, what) => {
    group.subject = wordsIn(what);
    return { told: node("subject", { subject: group.subject, s_t: now(), s_o: group.owner.jid("lid") }) };
  },
  ephemeral: (group, what, named) => {
    group.expiration = Number(what.attrs.expiration ?? 0);
    return flag(group, what, named);
  },
  not_ephemeral: (group, what, named) => {
    group.expiration = 0;
    return flag(group, what, named);
  },
  announcement: (group, what, named) => {
    group.announcement = true;
    return flag(group, what, named);
  },
  not_announcement: (group, what, named) => {
    group.announcement = false;
    return flag(group, what, named);
  },
  description: flag,
  locked: (group, what, named) => {
    group.locked = true;
    return flag(group, what, named);
  },
  unlocked: (group, what, named) => {
    group.locked = false;
    return flag(group, what, named);
  },
  member_add_mode: (group, what) => {
    const mode = wordsIn(what);
    if (mode !== "admin_add" && mode !== "all_member_add") return { told: undefined };
    group.memberAddMode = mode;
    return { told: node("member_add_mode", {}, Buffer.from(mode)) };
  },
};

/** Those who were in the group before are told: who leaves hears of it too. */
function change(
  core: Core,
  caller: Caller,
  group: Group,
  what: BinaryNode,
  named: readonly Account[],
): Changed {
  const run = CHANGES[what.tag];
  if (run === undefined) return { told: undefined };
  const before = [...group.members];
  const changed = run(group, what, named);
  const { told, joined = [] } = changed;
  if (told !== undefined) tell(core, caller, group, devicesOf(before), told);
  tell(core, caller, group, devicesOf(joined), node("create", {}, [describe(group)]));
  return changed;
}

function tell(core: Core, caller: Caller, group: Group, to: readonly Device[], what: BinaryNode): void {
  const { account } = caller.device;
  const source = {
    participant: account.jid("lid"),
    participant_pn: account.shownNumber,
    notify: account.name,
  };
  for (const device of to)
    notify(core, device, { from: groupJid(group.id), type: "w:gp2", ...source }, [what]);
}

function describe(group: Group): BinaryNode {
  const created = String(group.created);
  const owner = group.owner.jid("lid");
  const parts = [...group.members].map((account) => participant(account, { type: rankOf(group, account) }));
  if (group.expiration > 0) parts.push(node("ephemeral", { expiration: String(group.expiration) }));
  if (group.announcement) parts.push(node("announcement"));
  if (group.locked) parts.push(node("locked"));
  parts.push(node("member_add_mode", {}, Buffer.from(group.memberAddMode)));
  return node(
    "group",
    {
      id: group.id,
      subject: group.subject,
      creation: created,
      creator: owner,
      creator_pn: group.owner.shownNumber,
      s_t: created,
      s_o: owner,
      addressing_mode: "lid",
      size: String(group.members.size),
    },
    parts,
  );
}

function participant(account: Account, more: Readonly<Record<string, string | undefined>> = {}): BinaryNode {
  return node("participant", { jid: account.jid("lid"), phone_number: account.shownNumber, ...more });
}

function accountsOf(core: Core, what: BinaryNode): Account[] {
  return children(what, "participant").flatMap(({ attrs }) => core.directory.account(attrs.jid ?? "") ?? []);
}

function rankOf(group: Group, account: Account): string | undefined {
  if (account === group.owner) return "superadmin";
  return group.admins.has(account) ? "admin" : undefined;
}

function participants(accounts: readonly Account[]): BinaryNode[] {
  return accounts.map((account) => participant(account));
}

function devicesOf(members: Iterable<Account>): Device[] {
  return [...members].flatMap(({ companions }) => companions);
}

function byWill(asked: readonly Account[]): { joining: Account[]; refusing: Account[] } {
  return {
    joining: asked.filter(({ settings }) => !settings.refusesGroups),
    refusing: asked.filter(({ settings }) => settings.refusesGroups),
  };
}

function wordsIn({ content }: BinaryNode): string {
  return content === undefined || Array.isArray(content) ? "" : Buffer.from(content).toString();
}
