import { readFileSync } from "node:fs";
import { join } from "node:path";
import { commandLinePage } from "../docs/command-line.ts";
import { commandsPage } from "../docs/commands.ts";
import { configurationPage } from "../docs/configuration.ts";
import { doctorPage } from "../docs/doctor.ts";
import { limitsPage } from "../docs/limits.ts";
import { metricsPage } from "../docs/metrics.ts";
import { conversationPicture } from "../docs/picture.ts";

/** A document that comes from the code. */
interface Generated {
  readonly file: string;
  make(): string;
}

/** All of them. `npm run check -- --write` writes them anew. */
export const GENERATED: readonly Generated[] = [
  { file: "docs/commands.md", make: commandsPage },
  { file: "docs/command-line.md", make: commandLinePage },
  { file: "docs/configuration.md", make: configurationPage },
  { file: "docs/doctor.md", make: doctorPage },
  { file: "docs/limits.md", make: limitsPage },
  { file: "docs/metrics.md", make: metricsPage },
  { file: "docs/img/conversation.svg", make: conversationPicture },
];

/** One line for each document that says something else than the code. */
export function checkGenerated(root: string): string[] {
  return GENERATED.flatMap(({ file, make }) =>
    readIfThere(join(root, file)) === make()
      ? []
      : [`${file}: is not up to date: "npm run check -- --write" writes it`],
  );
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
