import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The most lines that a file of ours may have: more are two ideas. */
const MOST_LINES = 400;

const CODE = /\.(?:ts|cjs|mjs|js|lua|java|py|sh)$/;

/** All files that are in git or will be (not ignored), from the root. */
export function ourFiles(root: string): string[] {
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"], {
    cwd: root,
    encoding: "utf8",
  });
  return listed.split("\0").filter((file) => file !== "" && existsSync(join(root, file)));
}

/** One line for each code file that is too long. */
export function checkLength(root: string, files: readonly string[]): string[] {
  return files
    .filter((file) => CODE.test(file))
    .flatMap((file) => {
      const lines = readFileSync(join(root, file), "utf8").split("\n").length - 1;
      return lines > MOST_LINES
        ? [`${file}: ${lines} lines, at most ${MOST_LINES}: find its second idea`]
        : [];
    });
}

/** Folders and registries of one machine, which mean nothing in a newcomer's clone. */
const ELSEWHERE: readonly RegExp[] = [/\.\.\/shared\b/, /"resolved": "https?:/];

/** One line for each file that needs something outside the clone. */
export function checkPlaces(root: string, files: readonly string[]): string[] {
  return files
    .filter((file) => CODE.test(file) || /\.(?:json|md|yaml|yml)$/.test(file))
    .filter((file) => !isIn(file, "scripts/check"))
    .flatMap((file) => {
      const text = readFileSync(join(root, file), "utf8");
      return ELSEWHERE.some((place) => place.test(text))
        ? [`${file}: refers to a place outside the clone`]
        : [];
    });
}

function isIn(file: string, folder: string): boolean {
  return file.startsWith(`${folder}/`);
}
