import { type GroupMetadata, WAMessageAddressingMode } from "../baileys.ts";
import type { GroupInfo } from "./info.ts";

/** Groups that were looked at for a message which leaves now, so that Baileys doesn't ask for them once more. */
export class FreshGroups {
  readonly #groups = new Map<string, GroupInfo>();

  /** What is known of a group until it is disposed of. */
  use(info: GroupInfo): Disposable {
    this.#groups.set(info.group, info);
    return {
      [Symbol.dispose]: () => {
        if (this.#groups.get(info.group) === info) this.#groups.delete(info.group);
      },
    };
  }

  /** As Baileys wants it (lib/Socket/messages-send.js, relayMessage). */
  find(group: string): GroupMetadata | undefined {
    const info = this.#groups.get(group);
    if (info === undefined) return undefined;
    const { subject, members, byLid, timer } = info;
    return {
      id: group,
      subject,
      owner: undefined,
      participants: members.map(({ jid }) => ({ id: jid })),
      addressingMode: byLid ? WAMessageAddressingMode.LID : WAMessageAddressingMode.PN,
      ...(timer === undefined ? {} : { ephemeralDuration: timer }),
    };
  }
}
