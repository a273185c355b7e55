import { randomInt } from "node:crypto";
import type { Account } from "./account.ts";

/** A group. Its members are named by LID. */
export interface Group {
  readonly id: string;
  readonly created: number;
  readonly owner: Account;
  readonly members: Set<Account>;
  readonly admins: Set<Account>;
  subject: string;
  /** Seconds after which messages vanish; 0: never. */
  expiration: number;
  /** Only admins may write. */
  announcement: boolean;
  /** Only admins may change its subject and the like. */
  locked: boolean;
  memberAddMode: MemberAddMode;
}

/** Who may put others into a group: whatsmeow types/group.go. */
type MemberAddMode = "admin_add" | "all_member_add";

/** All groups. */
export class Groups {
  readonly #groups = new Map<string, Group>();

  create(owner: Account, subject: string, members: readonly Account[]): Group {
    // As long and with the same beginning as real ones.
    const id = `120363${randomInt(1e11, 1e12)}`;
    const group: Group = {
      id,
      created: Math.floor(Date.now() / 1_000),
      owner,
      members: new Set([owner, ...members]),
      admins: new Set([owner]),
      subject,
      expiration: 0,
      announcement: false,
      locked: false,
      memberAddMode: "all_member_add",
    };
    this.#groups.set(id, group);
    return group;
  }

  get(id: string): Group | undefined {
    return this.#groups.get(id);
  }

  of(account: Account): readonly Group[] {
    return [...this.#groups.values()].filter(({ members }) => members.has(account));
  }
}
