import { type Finding, isNear } from "../../../src/adapter/index.ts";
import type { MatrixAnswer } from "../http.ts";
import { listAt, textAt } from "../json.ts";
import { Listener } from "../listener.ts";
import { namesOf } from "../names.ts";
import { reasonOf } from "../outcome.ts";
import { PATHS } from "../paths.ts";
import { isOk, ping, pushProblemOf } from "../session.ts";
import { PORT_TAKEN, UNKNOWN_TOKEN } from "../states.ts";
import { type Deps, ITS_LOG, problem, WRITE_AGAIN, warning } from "./step.ts";

/** No portal has this alias: it is only asked whether a user of that name would be ours. */
const NOBODY = "doctor";

/** A step's finding; after a problem the steps behind it would say nothing more. */
type Step = (deps: Deps) => Promise<Finding>;

/**
 * Whether the homeserver and we reach each other: it answers, it takes the token, the bot and the ghosts are in the
 * registration's namespaces, and it reaches us under the registration's id and url. Ends at the first problem.
 */
export async function checkReach(deps: Deps): Promise<readonly Finding[]> {
  const findings: Finding[] = [...inClear(deps)];
  for (const step of STEPS) {
    const finding = await step(deps);
    findings.push(finding);
    if (finding.status === "problem") break;
  }
  return findings;
}

/** Our tokens and all texts can be read on the way. */
function inClear({ config }: Deps): readonly Finding[] {
  const { protocol, hostname } = new URL(config.homeserver.url);
  if (protocol === "https:" || isNear(hostname)) return [];
  const found = "the way to it isn't encrypted: the token and all texts can be read there";
  return [warning("homeserver", found, "make homeserver.url one that begins with https")];
}

const reachable: Step = async ({ http, around }) => {
  const check = "homeserver";
  const answer = await http.request({ method: "GET", path: PATHS.versions, signal: around.signal });
  if (isHomeserver(answer)) return { check, status: "ok", found: "it answers" };
  if (answer.kind === "answer") {
    const remedy = "make homeserver.url the address of its client API";
    return problem(check, `something answers with ${answer.status}, and it is no homeserver`, remedy);
  }
  const remedy = "start it, or make homeserver.url the address at which it can be reached from here";
  return problem(check, `no answer (${reasonOf(answer)})`, remedy);
};

/** Synapse refuses a token that it doesn't know here too, where none is needed. */
function isHomeserver(answer: MatrixAnswer): boolean {
  if (answer.kind === "failed") return false;
  return answer.errcode === "M_UNKNOWN_TOKEN" || (isOk(answer) && listAt(answer.json, "versions").length > 0);
}

const token: Step = async ({ config, http, around }) => {
  const check = "token";
  const answer = await http.request({ method: "GET", path: PATHS.whoami, signal: around.signal });
  if (answer.kind === "answer" && answer.status === 401) {
    return problem(check, "the homeserver doesn't know it", UNKNOWN_TOKEN);
  }
  const user = isOk(answer) && answer.kind === "answer" ? textAt(answer.json, "user_id") : undefined;
  if (user === undefined) return problem(check, `no answer (${reasonOf(answer)})`, ITS_LOG);
  if (!user.endsWith(`:${config.homeserver.name}`)) {
    const remedy =
      "make homeserver.name its server name (what stands after the colon of its users' names), and write the registration file again";
    return problem(check, "the homeserver has another server name than homeserver.name", remedy);
  }
  // Asked without a name, it tells the sender's; what that user may not do breaks the bridge in silence.
  if (user === namesOf(config).bot) {
    const remedy = `give the registration a sender_localpart that is never used (${config.ghostPrefix}sender): Synapse refuses /sync to the sender; load it and restart the homeserver`;
    return problem("registration's sender", "the bot is the sender_localpart", remedy);
  }
  return { check, status: "ok", found: "the homeserver knows it" };
};

const users: Step = async ({ config, http, around }) => {
  const check = "registration's users";
  const names = namesOf(config);
  for (const [key, user] of [
    ["bot", names.bot],
    ["ghostPrefix", names.ghost(NOBODY)],
  ] as const) {
    const query = { user_id: user };
    const answer = await http.request({ method: "GET", path: PATHS.whoami, query, signal: around.signal });
    if (answer.kind === "failed") return problem(check, `no answer (${reasonOf(answer)})`, ITS_LOG);
    if (isForeign(answer)) {
      return problem(check, `users by the name of ${key} aren't in its namespaces`, WRITE_AGAIN);
    }
  }
  return { check, status: "ok", found: "the bot and the ghosts are in its namespaces" };
};

/**
 * Whether the homeserver says that a user isn't in our namespaces. The code alone doesn't tell that from one that is and
 * hasn't been registered yet: Synapse does it in its words. A homeserver with other words isn't judged.
 */
function isForeign(answer: MatrixAnswer): boolean {
  if (answer.kind === "failed" || answer.errcode === undefined) return false;
  return answer.errcode === "M_EXCLUSIVE" || /cannot masquerade/i.test(textAt(answer.json, "error") ?? "");
}

/** Where no daemon listens, this does for a moment; what the homeserver sends there is refused, so that it comes again. */
const wayBack: Step = async (deps) => {
  const { bind, port, hsToken } = deps.config.appservice;
  if (deps.around.running) return reaches(deps);
  const listener = new Listener({
    hsToken,
    onTransaction: () => Promise.reject(new Error("no daemon is there to take it")),
    onRefused: () => undefined,
  });
  try {
    await listener.listen(port, bind);
  } catch {
    return problem(WAY_BACK, "the port of appservice.port is taken", PORT_TAKEN);
  }
  try {
    return await reaches(deps);
  } finally {
    await listener.close(0);
  }
};

const WAY_BACK = "way back";

async function reaches({ config, http, around }: Deps): Promise<Finding> {
  const answer = await ping({ config, names: namesOf(config), http }, around.signal);
  const failed = pushProblemOf(answer);
  if (isOk(answer)) return { check: WAY_BACK, status: "ok", found: "the homeserver reaches us" };
  if (failed === undefined) {
    const found = "the homeserver is older than Matrix 1.7, and can't be asked whether it reaches us";
    return warning(WAY_BACK, found, "update the homeserver");
  }
  const remedy = failed.remedy ?? LEAD_TO_US;
  return problem(WAY_BACK, `the homeserver doesn't reach us (${failed.reason})`, remedy);
}

const STEPS: readonly Step[] = [reachable, token, users, wayBack];

const LEAD_TO_US =
  "make the registration's url one under which the homeserver reaches appservice.bind and appservice.port (docs/next-to-synapse.md)";
