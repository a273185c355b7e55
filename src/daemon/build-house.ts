import type { Account } from "../adapter/account.ts";
import type { Config } from "../config/index.ts";
import { newHandleCode } from "../consent/handle-code.ts";
import type { AccountId } from "../model/ids.ts";
import { networkName } from "../model/ids.ts";
import { english } from "../model/texts.ts";
import type { Clock, Random } from "../model/time.ts";
import type { Logger } from "../observe/log.ts";
import { Counters } from "../observe/metrics/counters.ts";
import { ConversationCache } from "../pipeline/conversation-cache.ts";
import type { House } from "../pipeline/house.ts";
import { Pause } from "../pipeline/pause.ts";
import { Blocks } from "../store/blocks.ts";
import { BucketRenewal } from "../store/bucket-renewal.ts";
import { Commits } from "../store/commits.ts";
import { Conversations } from "../store/conversations.ts";
import { Forgetting } from "../store/forgetting.ts";
import { Handles } from "../store/handles.ts";
import { Lanes } from "../store/lanes.ts";
import { Legs } from "../store/legs.ts";
import { Limits } from "../store/limits.ts";
import { Fences } from "../store/meta.ts";
import { NumberPairs } from "../store/number-pairs.ts";
import { OptOuts } from "../store/opt-outs.ts";
import { People } from "../store/people.ts";
import { PeopleSettings } from "../store/person-settings.ts";
import { Receipts } from "../store/receipts.ts";
import type { Store } from "../store/store.ts";
import { Timers } from "../store/timers.ts";

/** What is known of an account as soon as it is opened. */
type Announced = Pick<Account, "capabilities" | "frontDoor" | "pair">;

/** Builds the house; which account can do what is told to it as the accounts open. */
export async function buildHouse(parts: {
  readonly store: Store;
  readonly config: Pick<Config, "delivery" | "timeZone" | "limits"> & Partial<Pick<Config, "operator">>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}): Promise<House & { readonly announce: (account: AccountId, opened: Announced) => void }> {
  const { store, config, clock, random, log } = parts;
  const people = new People(store);
  const conversations = new Conversations(store, people);
  const handles = new Handles(store, people, newHandleCode);
  const known = new Map<AccountId, Announced>();
  const counters = new Counters();
  const { deadline, attempts, firstRetry, longestRetry, firstNotice } = config.delivery;
  return {
    store,
    people,
    settings: new PeopleSettings(store),
    handles,
    forgetting: new Forgetting(store, people, handles),
    renewal: new BucketRenewal({ store, people, conversations, handles }),
    blocks: new Blocks(store),
    optOuts: new OptOuts(store, networkName("sms")),
    limits: new Limits(store, config.limits.settings, (limit) => counters.refused(limit)),
    sms: config.limits.sms,
    conversations,
    numberPairs: new NumberPairs(store, networkName("sms")),
    lanes: new Lanes(store),
    legs: new Legs(store),
    commits: new Commits(store, conversations),
    receipts: new Receipts(store),
    timers: new Timers(store),
    cache: new ConversationCache(conversations),
    counters,
    pause: new Pause(),
    capabilities: (account) => {
      const opened = known.get(account);
      if (opened === undefined) throw new RangeError("an account is asked for that isn't in the config");
      return opened.capabilities;
    },
    frontDoor: (account) => known.get(account)?.frontDoor,
    networks: () => {
      const all = [...known.values()].map(
        ({ capabilities }) => [capabilities.network, capabilities] as const,
      );
      return [...new Map(all).values()];
    },
    operator: config.operator,
    linkable: () =>
      [...known].flatMap(([account, { capabilities, pair }]) =>
        pair === undefined ? [] : [{ account, network: capabilities }],
      ),
    announce: (account, opened) => known.set(account, opened),
    rules: { deadline, attempts, first: firstRetry, longest: longestRetry, firstNotice },
    texts: english,
    timeZone: config.timeZone,
    clock,
    random,
    log,
    fences: await Fences.begin(store),
  };
}
