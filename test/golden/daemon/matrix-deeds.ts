import type { MatrixUser } from "../../support/matrix-user.ts";
import type { Deed } from "../transcript.ts";

/** Does something to a message, as clients do; gives the event's id. */
export function perform(user: MatrixUser, room: string, deed: Deed, target: string): Promise<string> {
  switch (deed.kind) {
    case "reaction": {
      const relation = { rel_type: "m.annotation", event_id: target, key: deed.emoji };
      return user.sendEvent(room, "m.reaction", { "m.relates_to": relation });
    }
    case "edit":
      return user.sendEvent(room, "m.room.message", {
        ...{ msgtype: "m.text", body: `* ${deed.text}` },
        "m.new_content": { msgtype: "m.text", body: deed.text },
        "m.relates_to": { rel_type: "m.replace", event_id: target },
      });
    case "reply":
      return user.sendEvent(room, "m.room.message", {
        ...{ msgtype: "m.text", body: deed.text },
        "m.relates_to": { "m.in_reply_to": { event_id: target } },
      });
    case "delete":
      return user.takeBack(room, target);
  }
}
