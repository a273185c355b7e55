import type { Command } from "commander";

/** Adds `help`: what people type before they know of --help. `below`: it isn't listed where the command itself is one of many. */
export function addHelp(parent: Command, below = false): void {
  parent
    .command("help", { hidden: below })
    .description("Show this help, or that of a command")
    .argument("[command...]", "its name, with both words where it has two")
    .addHelpText(
      "after",
      `
It shows what "footbridge COMMAND --help" shows. Exits with 0, or with 2 when there is
no such command.

Examples:
  footbridge help
  footbridge help init
  footbridge help buried retry`,
    )
    .action((names: readonly string[]) => {
      find(parent, names).outputHelp();
    });
}

function find(from: Command, names: readonly string[]): Command {
  return names.reduce((command, name) => {
    const next = command.commands.find((each) => each.name() === name);
    return next ?? command.error(`error: unknown command '${name}'`);
  }, from);
}
