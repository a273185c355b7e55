import { readFileSync } from "node:fs";
import { answerTo, type Given } from "./answers.ts";
import { COMPOSE } from "./paths.ts";
import type { PlannedFile } from "./staging.ts";

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
    { path: COMPOSE.file, content: readFileSync(source, "utf8") },
    { path: COMPOSE.environment, content: environment },
  ];
}
