import { loadStateFolder } from "../config/state-folder.ts";
import { askHealth, type HealthAnswer } from "../http/health-client.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import type { Io } from "./io.ts";
import { errorSentence } from "./sentence.ts";

/**
 * `footbridge health`: what a container's health check runs. It exits with 0 or 1 and nothing else, since that is all that those
 * who call it know.
 */
export async function health(
  options: { readonly config: string; readonly live?: boolean; readonly json?: boolean },
  io: Io,
): Promise<ExitCode> {
  const what = options.live === true ? "live" : "ready";
  let answer: HealthAnswer;
  try {
    answer = await askHealth(loadStateFolder(options.config), what);
  } catch (error) {
    io.err(errorSentence(error).text);
    if (options.json === true) io.out(JSON.stringify({ error: errorSentence(error).text }));
    return EXIT.problem;
  }
  if (options.json === true) io.out(answer.json ?? JSON.stringify({ error: lines(what, answer).join(": ") }));
  else for (const line of lines(what, answer)) io.out(line);
  return answer.verdict === "ok" ? EXIT.ok : EXIT.problem;
}

/** What is said where there is no answer. */
const NOTHING = {
  away: "no daemon answers",
  silent: "a daemon is there, and doesn't answer in time",
  forbidden: "this user may not ask the daemon: run this as the user that it runs as",
} as const;

function lines(what: "live" | "ready", { verdict, failing }: HealthAnswer): readonly string[] {
  if (verdict === "ok") return [what];
  return verdict === "failing" ? [`not ${what}`, ...failing] : [NOTHING[verdict]];
}
