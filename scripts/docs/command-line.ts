import type { Command } from "commander";
import { EXIT } from "../../src/cli/exit.ts";
import type { Io } from "../../src/cli/io.ts";
import { describeProgram } from "../../src/cli/program.ts";

const HEAD = `# The command line

Generated from what \`--help\` says by \`npm run check -- --write\`. In a clone each command is run as \`npx footbridge ...\`, in a
container as \`footbridge ...\` in it.

Those that report print lines for people, and with \`--json\` an object on one line. Those that ask a running bridge reach it by
\`control.sock\` in its state folder: run them as the bridge's user. What people type in their chats is in
[commands.md](commands.md), and what the checks of \`footbridge doctor\` mean in [doctor.md](doctor.md).

| exit code | means |
|---|---|
| ${EXIT.ok} | all is well |
| ${EXIT.problem} | something is wrong |
| ${EXIT.usage} | the command line or the config is wrong |
| ${EXIT.unreachable} | no daemon answers |
| ${EXIT.bug} | a bug of Footbridge: please report it |
`;

/** How wide help is without a terminal. */
const COLUMNS = 80;

/** The page of all commands of the command line, as Markdown. */
export function commandLinePage(): string {
  const lines: string[] = [];
  const unused = () => Promise.reject(new Error("help starts nothing"));
  const io: Io = {
    ...{ env: {}, loadDaemon: unused, loadBackups: unused },
    ...{ out: (line: string) => void lines.push(line), err: () => undefined },
  };
  const program = describeProgram(io, () => undefined);
  const sections = all(program, program.name()).map(({ command, name }) => {
    lines.length = 0;
    command.configureOutput({ getOutHelpWidth: () => COLUMNS }).outputHelp(); // not as wide as who generates it has it
    return `\n## ${name}\n\n\`\`\`text\n${lines.join("\n").trim()}\n\`\`\`\n`;
  });
  return `${HEAD}${sections.join("")}`;
}

/** A command and those below it, each with all its words. */
function all(
  command: Command,
  name: string,
): readonly { readonly command: Command; readonly name: string }[] {
  return [
    { command, name },
    ...command
      .createHelp()
      .visibleCommands(command)
      .flatMap((one) => all(one, `${name} ${one.name()}`)),
  ];
}
