import { createRequire } from "node:module";
import type { Intent } from "matrix-appservice-bridge";
import type { Address } from "../../src/adapter/index.ts";
import type { MatrixConfig } from "./config.ts";
import type { MatrixAnswer, MatrixHttp, MatrixRequest } from "./http.ts";
import { isRecord } from "./json.ts";
import type { Names } from "./names.ts";
import { PATHS } from "./paths.ts";
import { registrationOf } from "./registration.ts";
import { isOk } from "./session.ts";

/** matrix-appservice-bridge at work: users, rooms, joins. Sending and reading don't go through it. */
export interface Framework {
  readonly bot: Intent;
  ghost(user: Address): Intent;
  /** The answer behind an exception that a call of an intent threw; undefined for one that is a bug. */
  answerOf(error: unknown): MatrixAnswer | undefined;
  close(): Promise<void>;
}

/** What the framework needs. */
interface FrameworkDeps {
  readonly config: MatrixConfig;
  readonly names: Names;
  readonly http: MatrixHttp;
}

/** No answer came; what is known of that is in the framework's table. */
class RequestFailed extends Error {
  override readonly name = "RequestFailed";

  constructor() {
    super("the homeserver gave no answer: try again when it is reachable");
  }
}

/**
 * Loads matrix-appservice-bridge (0.3 s and some 30 MB, so only when it is needed) and sets it up without its stores, its
 * listener and its logs. Each client that it makes sends through our own HTTP pool: with time limits, the bot named in each
 * request, and nothing printed (README.md has the reasons).
 */
export async function openFramework(deps: FrameworkDeps): Promise<Framework> {
  const { AppServiceRegistration, Bridge } = await import("matrix-appservice-bridge");
  const sdk = await packagesOwnSdk();
  sdk.LogService.setLogger(SILENT);
  const { config, names } = deps;
  // Here the bot is the sender: the package knows no other bot. The flags in it are none of its type's.
  const registration = AppServiceRegistration.fromObject({
    ...registrationOf(config),
    sender_localpart: config.bot,
  } as unknown as Parameters<typeof AppServiceRegistration.fromObject>[0]);
  if (registration === null) throw new TypeError("matrix-appservice-bridge didn't take our registration");
  const bridge = new Bridge({
    homeserverUrl: config.homeserver.url,
    domain: config.homeserver.name,
    registration,
    disableStores: true,
    disableContext: true,
    logRequestOutcome: false,
    controller: { onEvent: () => undefined },
  });
  await bridge.initialise();
  const failures = new WeakMap<object, MatrixAnswer>();
  const intentOf = (user: Address): Intent => {
    const intent = bridge.getIntent(user);
    intent.matrixClient.doRequest = transport(deps.http, user, (answer) => {
      const error = errorOf(answer, sdk.MatrixError);
      failures.set(error, answer);
      return error;
    });
    return intent;
  };
  return {
    bot: intentOf(names.bot),
    ghost: intentOf,
    answerOf: (error) => (typeof error === "object" && error !== null ? failures.get(error) : undefined),
    close: () => bridge.close(),
  };
}

type Sdk = typeof import("@vector-im/matrix-bot-sdk");

/** The package's own copy of its SDK, which it doesn't export: its errors are told apart by their class. */
async function packagesOwnSdk(): Promise<Sdk> {
  const here = createRequire(import.meta.url);
  const inPackage = createRequire(here.resolve("matrix-appservice-bridge"));
  return inPackage("@vector-im/matrix-bot-sdk") as Sdk; // what that package is
}

/** The SDK prints each failed request, MXIDs and all, to the console unless it has another logger. */
const SILENT = {
  trace: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

type DoRequest = Intent["matrixClient"]["doRequest"];

/** Sends what a client of the package asks for through our pool. */
function transport(http: MatrixHttp, user: Address, failure: (answer: MatrixAnswer) => Error): DoRequest {
  return async (method: MatrixRequest["method"], path: string, query, body) => {
    // A user that isn't registered yet can't be named in the request that registers it.
    const isRegistering = path === PATHS.register;
    const answer = await http.request({
      method,
      path,
      query: { ...query, ...(isRegistering ? {} : { user_id: user }) },
      ...(body === null || body === undefined ? {} : { body }),
    });
    if (answer.kind === "answer" && isOk(answer)) return answer.json;
    throw failure(answer);
  };
}

function errorOf(answer: MatrixAnswer, MatrixError: Sdk["MatrixError"]): Error {
  if (answer.kind === "failed") return new RequestFailed();
  const json = isRecord(answer.json) ? answer.json : {};
  return new MatrixError({ errcode: answer.errcode ?? "", error: "", ...json }, answer.status, {});
}
