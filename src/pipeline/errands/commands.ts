import type { Command } from "../../model/command.ts";
import { block, blocked, mute, unblock, unmute } from "./block.ts";
import type { Ending, ErrandHandler, ErrandScene } from "./errand.ts";
import { exportData } from "./export.ts";
import { groups } from "./groups.ts";
import { guardSwitch } from "./guard.ts";
import { handleLinks, handleNew, handleOff, handles } from "./handle-commands.ts";
import { makeLink } from "./make-link.ts";
import { name } from "./name.ts";
import { prefer } from "./prefer.ts";
import { requestsHere } from "./requests-here.ts";
import { showMe } from "./show-me.ts";
import { unlink } from "./unlink.ts";

/** Does a command; as an errand it may be called again after a crash. */
type CommandHandler<K extends Command["kind"]> = (
  scene: ErrandScene,
  command: Extract<Command, { kind: K }>,
) => Promise<Ending>;

/** Who does which command. */
const commands: { readonly [K in Command["kind"]]?: CommandHandler<K> } = {
  "handle-new": handleNew,
  handles,
  "handle-links": handleLinks,
  "handle-off": handleOff,
  block,
  blocked,
  unblock,
  mute,
  unmute,
  name,
  requests: requestsHere,
  guard: guardSwitch,
  link: makeLink,
  unlink,
  me: showMe,
  prefer,
  groups,
  export: exportData,
};

/** A command that needs more than the chat in which it was given. */
export const command: ErrandHandler<"command"> = async (scene, { command }) => {
  const handler = commands[command.kind];
  if (handler === undefined) throw new Error(`nobody does a command of this kind: ${command.kind}`);
  // The table has each kind's own handler under its name.
  return handler(scene, command as never);
};
