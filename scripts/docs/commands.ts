import { COMMAND_NAMES, COMMANDS, usageOf } from "../../src/commands/table.ts";
import { type CommandName, english } from "../../src/model/texts.ts";

const HEAD = `# Commands

Generated from the table in \`src/commands/table.ts\` by \`npm run check -- --write\`. \`help\` says the same where people are.

**The bridge's own chat** is the Matrix room with its bot, or its front-door number: bare words are commands there, in any case,
with or without a \`/\`. **A conversation** has a room, or a number, of its own: all is a message there but what begins with
\`/\` and a letter. Where the bridge's own chat holds conversations too it is both, and commands need the \`/\`.

A text is a command only if all of it fits. A misspelt one is never guessed: the bridge asks what was meant. In a conversation,
\`/word\` that is no command isn't sent; \`//word\` sends \`/word\`.
`;

const FOOT = `
\`NAME\` is a person as the bridge names them to you, \`LABEL\` your own word for a handle, \`NETWORK\` the name of a network.
\`for\` takes hours, days, weeks, months or years: \`for 36h\`, \`for 2 weeks\`.

## Answers

A question ends with its answers: \`1 yes · 2 no\`. The number alone answers the last question of a chat for ten minutes; in the
bridge's own chat the word does too, and on networks with reactions 1️⃣ 2️⃣ 3️⃣, 👍 and 👎 on the question.

A request stays open until it is answered or ends: \`1\`, \`2\`, \`3\` or the word when it is the only one, else \`2 accept\` or
\`accept 2\` with its number.
`;

const PLACES: Readonly<Record<"desk" | "conversation" | "both", string>> = {
  desk: "the bridge's own chat",
  conversation: "a conversation",
  both: "both",
};

/** The page of all commands, as Markdown. */
export function commandsPage(): string {
  const rows = COMMAND_NAMES.map(
    (name) =>
      `| ${code(usageOf(name))} | ${PLACES[COMMANDS[name].where]} | ${helpOf(name)} | ${COMMANDS[name].also.map(code).join(", ")} |`,
  );
  const table = ["| command | where | what it does | also |", "|---|---|---|---|", ...rows].join("\n");
  return `${HEAD}\n${table}\n${FOOT}`;
}

function helpOf(name: CommandName): string {
  const line = english.helpLine(name);
  const { needsEncryption, needsGroups } = COMMANDS[name];
  if (needsGroups) return `${line}; where a network has both (WhatsApp)`;
  return needsEncryption ? `${line}; not on a network without encryption (SMS)` : line;
}

function code(text: string): string {
  return `\`${text.replaceAll("|", "\\|")}\``;
}
