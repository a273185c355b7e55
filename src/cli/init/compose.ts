import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { answerTo } from "./dialogue.ts";
import type { Given } from "./questions.ts";
import type { PlannedFile } from "./staging.ts";

/** The compose file of this installation (in a clone, and in the package from npm); undefined: it has none. */
export function composeSource(): string | undefined {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, "package.json")) && dirname(folder) !== folder) folder = dirname(folder);
  const path = join(folder, "packaging/compose.yaml");
  return existsSync(path) ? path : undefined;
}

/** compose.yaml as it comes with this installation, and what it takes from its environment; none where it wasn't asked for. */
export function composeFiles(
  given: Given,
  folder: string,
  source: string | undefined,
): readonly PlannedFile[] {
  if (answerTo(given, "compose") !== "yes" || source === undefined) return [];
  const environment = [
    "# For compose.yaml, as footbridge init wrote it.",
    `FOOTBRIDGE_CONFIG_DIR='${folder.replaceAll("'", "\\'")}'`,
    `SYNAPSE_SERVER_NAME='${answerTo(given, "serverName")}'`,
    "",
  ].join("\n");
  return [
    { path: "compose.yaml", content: readFileSync(source, "utf8") },
    { path: ".env", content: environment },
  ];
}
