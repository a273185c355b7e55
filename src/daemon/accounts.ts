import type { Account, AccountHost, AccountState } from "../adapter/account.ts";
import type { AnyAdapter } from "../adapter/any.ts";
import type { StorageMark } from "../adapter/storage.ts";
import type { AccountConfig, Config } from "../config/index.ts";
import type { AccountId } from "../model/ids.ts";
import type { Reason } from "../model/reason.ts";
import { describeError } from "../observe/errors.ts";
import type { Logger, RootLogger } from "../observe/log.ts";
import { AccountGate } from "../pipeline/account-gate.ts";
import { Intake } from "../pipeline/intake.ts";
import type { Workplace } from "../pipeline/leg.ts";
import { patientFragments } from "../pipeline/patience.ts";
import type { Pipeline } from "../pipeline/pipeline.ts";
import { accountStorage, StoredCursor } from "../store/account-storage.ts";
import { fragmentStore } from "../store/fragments.ts";
import type { buildHouse } from "./build-house.ts";

type BuiltHouse = Awaited<ReturnType<typeof buildHouse>>;

/** An account that was started. */
export interface RunningAccount {
  readonly account: Account;
  /** Ends it, after `stop`. */
  readonly abort: AbortController;
}

/** The accounts of the config, opened and not yet started. */
interface Accounts {
  readonly byId: ReadonlyMap<AccountId, Account>;
  readonly workplaces: ReadonlyMap<AccountId, Workplace>;
  /** Gives them their way in. */
  connect(pipeline: Pipeline): void;
  start(): readonly RunningAccount[];
}

/**
 * Opens the accounts: what they get from the house leads nowhere until `connect`.
 * @param onState hears where each of them stands, as it says so.
 */
export async function openAccounts(
  config: Config,
  adapters: readonly AnyAdapter[],
  house: BuiltHouse & { readonly log: RootLogger | Logger },
  markOf: (account: AccountId) => StorageMark,
  onState: (account: AccountId, state: AccountState) => void,
): Promise<Accounts> {
  const byId = new Map<AccountId, Account>();
  const workplaces = new Map<AccountId, Workplace>();
  const slots: IntakeSlot[] = [];
  for (const entry of config.accounts) {
    const adapter = adapters.find(({ network }) => network === entry.network);
    if (adapter === undefined)
      throw new RangeError(`account ${entry.account}: no adapter for its network in this build`);
    const slot = await openAccount(entry, adapter, house, markOf(entry.account), (state) =>
      onState(entry.account, state),
    );
    slots.push(slot);
    byId.set(entry.account, slot.account);
    workplaces.set(entry.account, { account: slot.account, gate: slot.gate });
    house.announce(entry.account, slot.account);
  }
  return {
    byId,
    workplaces,
    connect: (pipeline) => {
      for (const slot of slots) slot.connect(pipeline);
    },
    start: () => slots.map(({ account, id }) => startAccount(id, account, house.log)),
  };
}

interface IntakeSlot {
  readonly id: AccountId;
  readonly account: Account;
  readonly gate: AccountGate;
  connect(pipeline: Pipeline): void;
}

async function openAccount(
  entry: AccountConfig,
  adapter: AnyAdapter,
  house: BuiltHouse,
  mark: StorageMark,
  onState: (state: AccountState) => void,
): Promise<IntakeSlot> {
  const id = entry.account;
  const storage = await accountStorage(house.store, id, mark);
  const cursor = new StoredCursor(house.store, id, storage);
  let intake: Intake | undefined;
  let door: Pipeline | undefined;
  let gate: AccountGate | undefined;
  const early: AccountState[] = [];
  const log = "child" in house.log ? (house.log as RootLogger).child({ account: id }) : house.log;
  const host: AccountHost = {
    account: id,
    acceptAll: async (batch) => started(() => intake)().acceptAll(batch),
    signal: () => undefined, // typing is shown to nobody before contact requests exist
    report: (state) => {
      onState(state);
      if (gate === undefined) early.push(state);
      else report(log, gate, state);
    },
    storage,
    cursor,
    fragments: patientFragments(
      house,
      started(() => door),
      fragmentStore(house.store, id),
    ),
    clock: house.clock,
    random: house.random,
    log,
  };
  const account = adapter.open(entry.config, host);
  const opened = new AccountGate(account.capabilities.concurrency, house.clock);
  gate = opened;
  for (const state of early) report(log, opened, state);
  return {
    id,
    account,
    gate: opened,
    connect: (pipeline) => {
      door = pipeline;
      intake = new Intake(house, id, pipeline, cursor, {
        lanes: pipeline.lanes,
        receipts: pipeline.receipts,
      });
    },
  };
}

/** What is there once the accounts are connected. */
function started<T>(part: () => T | undefined): () => T {
  return () => {
    const found = part();
    if (found === undefined) throw new Error("an account takes something in before it was started");
    return found;
  };
}

function report(log: Logger, gate: AccountGate, state: AccountState): void {
  const [before, now] = [logged(gate.state), logged(state)];
  const isNew =
    now.level !== before.level ||
    now.fields.state !== before.fields.state ||
    now.fields.reason !== before.fields.reason;
  if (isNew) log[now.level]("account.state", now.fields);
  gate.report(state);
}

/** What is logged of a state: as an error where only the operator can mend it. */
function logged(state: AccountState): {
  readonly level: "error" | "info";
  readonly fields: { readonly state: AccountState["kind"]; readonly reason?: Reason };
} {
  const isOperators = "remedy" in state && state.remedy !== undefined;
  const fields = { state: state.kind, ...("reason" in state ? { reason: state.reason } : {}) };
  return { level: isOperators ? "error" : "info", fields };
}

function startAccount(id: AccountId, account: Account, log: Logger): RunningAccount {
  const abort = new AbortController();
  account.start(abort.signal).catch((error: unknown) => {
    log.error("account.ended", { account: id, ...describeError(error) });
  });
  return { account, abort };
}
