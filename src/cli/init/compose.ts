import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
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
    folderLine(folder),
    `SYNAPSE_SERVER_NAME='${answerTo(given, "serverName")}'`,
    "",
  ].join("\n");
  return [
    { path: COMPOSE.file, content: readFileSync(source, "utf8") },
    { path: COMPOSE.environment, content: environment },
  ];
}

function folderLine(folder: string): string {
  return `FOOTBRIDGE_CONFIG_DIR='${folder.replaceAll("'", "\\'")}'`;
}

/**
 * Whether a config that is there is for containers that compose.yaml starts, and this isn't one of them: nothing of the config can
 * be reached from here. In the container its state folder is there, and .env names another folder or can't be read.
 */
export function isComposed(folder: string, state: string): boolean {
  if (existsSync(state) || !existsSync(join(folder, COMPOSE.file))) return false;
  try {
    return readFileSync(join(folder, COMPOSE.environment), "utf8").split("\n").includes(folderLine(folder));
  } catch {
    return false;
  }
}
