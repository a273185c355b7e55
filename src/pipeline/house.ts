import type { OperatorConfig, SmsRules } from "../config/index.ts";
import type { Capabilities } from "../model/capabilities.ts";
import type { ConfiguredDoor } from "../model/front-door.ts";
import type { AccountId, DeliveryId, LegId } from "../model/ids.ts";
import type { Texts } from "../model/texts.ts";
import type { Clock, Milliseconds, Random } from "../model/time.ts";
import type { Logger } from "../observe/log.ts";
import type { Counters } from "../observe/metrics/counters.ts";
import type { Circumstances, Linkable } from "../routing/effects.ts";
import type { RetryRules } from "../routing/follow-up.ts";
import type { Blocks } from "../store/blocks.ts";
import type { BucketRenewal } from "../store/bucket-renewal.ts";
import type { Commits } from "../store/commits.ts";
import type { Conversations } from "../store/conversations.ts";
import type { Forgetting } from "../store/forgetting.ts";
import type { Handles } from "../store/handles.ts";
import type { Lanes } from "../store/lanes.ts";
import type { Legs } from "../store/legs.ts";
import type { Limits } from "../store/limits.ts";
import type { Fences } from "../store/meta.ts";
import type { NumberPairs } from "../store/number-pairs.ts";
import type { OptOuts } from "../store/opt-outs.ts";
import type { People } from "../store/people.ts";
import type { PeopleSettings } from "../store/person-settings.ts";
import type { Receipts } from "../store/receipts.ts";
import type { Store } from "../store/store.ts";
import type { Timers } from "../store/timers.ts";
import type { ConversationCache } from "./conversation-cache.ts";
import type { Pause } from "./pause.ts";

/** How deliveries are tried; from the config. */
interface DeliveryRules extends RetryRules {
  /** How long a text is tried, from its acceptance. */
  readonly deadline: Milliseconds;
  /** A late message is spoken of for the first time after this long. */
  readonly firstNotice: Milliseconds;
}

/** What all workers of the pipeline share. Nothing in it changes but `fences`, which begins anew with each boot. */
export interface House {
  readonly store: Store;
  readonly people: People;
  readonly settings: PeopleSettings;
  readonly handles: Handles;
  readonly forgetting: Forgetting;
  readonly renewal: BucketRenewal;
  readonly blocks: Blocks;
  readonly optOuts: OptOuts;
  readonly limits: Limits;
  /** Where texts to phones may go, and what they cost. */
  readonly sms: SmsRules;
  readonly conversations: Conversations;
  readonly numberPairs: NumberPairs;
  readonly lanes: Lanes;
  readonly legs: Legs;
  readonly commits: Commits;
  readonly receipts: Receipts;
  readonly timers: Timers;
  readonly cache: ConversationCache;
  readonly counters: Counters;
  /** Between two decisions, and between two things that are due. */
  readonly pause: Pause;
  readonly capabilities: (account: AccountId) => Capabilities;
  /** Where the bridge itself is reached on an account; undefined where it isn't. */
  readonly frontDoor: (account: AccountId) => ConfiguredDoor | undefined;
  /** What each network of this bridge can do, each once, in the order of the config. */
  readonly networks: () => readonly Capabilities[];
  /** Who runs the bridge, if they are named. */
  readonly operator: OperatorConfig | undefined;
  /** The accounts that are linked with a phone, in the order of the config. */
  readonly linkable: () => readonly Linkable[];
  readonly rules: DeliveryRules;
  readonly texts: Texts;
  readonly timeZone: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  fences: Fences;
}

/** What a decision needs from outside, as it is now. `shared`: the legs whose chats hold several conversations. */
export function circumstancesOf(house: House, shared: readonly LegId[] = []): Circumstances {
  return {
    now: house.clock.now(),
    nextDeliveryId: () => house.store.vault.newId() as DeliveryId, // a new random id
    capabilitiesOf: house.capabilities,
    doorOf: house.frontDoor,
    networks: house.networks(),
    operator: house.operator,
    linkable: house.linkable(),
    isShared: ({ id }) => shared.includes(id),
    texts: house.texts,
    timeZone: house.timeZone,
    deadline: house.rules.deadline,
  };
}
