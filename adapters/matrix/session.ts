import type { AccountState } from "../../src/adapter/index.ts";
import type { MatrixConfig } from "./config.ts";
import type { MatrixAnswer, MatrixHttp } from "./http.ts";
import { DEVICE, type Names } from "./names.ts";
import { reasonOf } from "./outcome.ts";
import { PATHS } from "./paths.ts";
import { type PushProblem, UNKNOWN_TOKEN } from "./states.ts";

/** What the bot's set-up needs. */
interface SessionDeps {
  readonly config: MatrixConfig;
  readonly names: Names;
  readonly http: MatrixHttp;
}

/**
 * Makes sure that the bot is there with its device: registered by ourselves, since the bridge package never does it and a bot
 * that isn't the registration's sender isn't made by the homeserver. Safe to repeat.
 * @returns the answer that failed, or undefined when the bot is ready.
 */
export async function prepareBot(deps: SessionDeps, signal: AbortSignal): Promise<MatrixAnswer | undefined> {
  const { config, names, http } = deps;
  const registered = await http.request({
    method: "POST",
    path: PATHS.register,
    body: { type: "m.login.application_service", username: config.bot, inhibit_login: true },
    signal,
  });
  const isThere = registered.kind === "answer" && registered.errcode === "M_USER_IN_USE";
  if (!isOk(registered) && !isThere) return registered;
  const device = await http.request({
    method: "PUT",
    path: PATHS.device(DEVICE),
    query: { user_id: names.bot },
    body: { display_name: config.botName },
    signal,
  });
  if (!isOk(device)) return device;
  if (isThere) return undefined;
  const named = await http.request({
    method: "PUT",
    path: PATHS.displayName(names.bot),
    query: { user_id: names.bot },
    body: { displayname: config.botName },
    signal,
  });
  return isOk(named) ? undefined : named;
}

/** Whether a request was done. */
export function isOk(answer: MatrixAnswer): boolean {
  return answer.kind === "answer" && answer.status >= 200 && answer.status < 300;
}

/** The state that a failed request as the bot puts the account into. */
export function stateOfFailure(answer: MatrixAnswer): AccountState {
  const reason = reasonOf(answer);
  if (answer.kind === "answer" && answer.errcode !== undefined) {
    const remedy = REMEDIES[answer.errcode];
    if (remedy !== undefined) return { kind: "misconfigured", reason, remedy };
  }
  return { kind: "disconnected", reason };
}

const REMEDIES: Readonly<Record<string, string>> = {
  M_UNKNOWN_TOKEN: UNKNOWN_TOKEN,
  M_MISSING_TOKEN: UNKNOWN_TOKEN,
  M_FORBIDDEN:
    "the homeserver doesn't let the appservice act as the bot: write the registration file again (docs/next-to-synapse.md), load it and restart the homeserver",
  M_EXCLUSIVE:
    "the bot's name isn't in the registration's namespaces.users, or belongs to another appservice: write the registration file again (docs/next-to-synapse.md), load it and restart the homeserver",
  M_INVALID_USERNAME: "the homeserver doesn't allow the bot's name: choose another one for bot",
};

/** Asks the homeserver to call us (`POST /_matrix/client/v1/appservice/{id}/ping`, Matrix 1.7). */
export function ping({ config, http }: SessionDeps, signal: AbortSignal): Promise<MatrixAnswer> {
  return http.request({
    method: "POST",
    path: PATHS.ping(config.appservice.id),
    body: { transaction_id: "footbridge" },
    signal,
  });
}

/** What a ping says of the homeserver's way to us; undefined: nothing is wrong that it knows of. */
export function pushProblemOf(answer: MatrixAnswer): PushProblem | undefined {
  if (isOk(answer)) return undefined;
  if (answer.kind === "failed") return { reason: reasonOf(answer) };
  switch (answer.errcode) {
    case "M_CONNECTION_FAILED":
      return { reason: "not-connected" };
    case "M_CONNECTION_TIMEOUT":
      return { reason: "timeout" };
    case "M_BAD_STATUS":
      return {
        reason: "unauthorised",
        remedy:
          "the homeserver's call to us was refused: make hsToken the hs_token of the registration file that it has loaded, and let its url lead to us",
      };
    case "M_URL_NOT_SET":
      return {
        reason: "not-connected",
        remedy: "the registration has no url: write it again (docs/next-to-synapse.md)",
      };
    case "M_FORBIDDEN":
      return {
        reason: "forbidden",
        remedy:
          "the registration has another id than appservice.id: write it again (docs/next-to-synapse.md)",
      };
    case "M_UNRECOGNIZED":
      return undefined; // a homeserver older than Matrix 1.7, which can't be asked
    default:
      return { reason: reasonOf(answer) };
  }
}
