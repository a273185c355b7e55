/** What a label says, and from which closed set its values come: no other value may stand in a metric. */
export const LABELS = {
  account: "an account's name in the config",
  network: "the account's network",
  reason: "why, from the closed set of reasons (src/model/reason.ts)",
  why: "why nothing was taken in: store-full, store-away, stopping",
  kind: "what was buried: delivery, event",
  limit: "a limit's name in [limits.md](limits.md)",
  state:
    "where an account stands: connecting, connected, degraded, disconnected, misconfigured, needs-pairing, logged-out, replaced, restricted, stopped",
  connected: "whether they are: true, false",
  purpose: "what the keys are for: bucket, epoch, lookup, account",
  certificate: "where in the config it stands, such as redis.tls.cert",
  alert: "an alert of the operator's chat; [monitoring.md](monitoring.md) has them",
  version: "Footbridge's version",
  node: "Node's version",
  redis: "embedded or external",
} as const;
export type LabelName = keyof typeof LABELS;

/** A row of the table: all that there is to know of a metric. Spans are seconds, sizes octets; a moment is seconds since 1970. */
interface MetricRow {
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly labels: readonly LabelName[];
  /** Upper bounds of a histogram's buckets. */
  readonly buckets?: readonly number[];
}

/** Every event and delivery has an account, which is on a network. */
const OF_ACCOUNT = ["account", "network"] as const;
/** From one write to the disk to a network that answers at its time limit. */
const CALLS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] as const;
/** From a message that goes straight through to one whose network was away. */
const RELAYS = [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 15, 60, 300, 1_800, 7_200] as const;

/** Every metric of Footbridge's own, once: code, endpoint, documents, dashboard and tests come from here. */
export const METRICS = {
  footbridge_events_accepted_total: {
    type: "counter",
    help: "Events that were taken in, durably",
    labels: OF_ACCOUNT,
  },
  footbridge_events_duplicate_total: {
    type: "counter",
    help: "Events that were known already",
    labels: OF_ACCOUNT,
  },
  footbridge_events_refused_total: {
    type: "counter",
    help: "Events that weren't taken in; their network was told to come again",
    labels: [...OF_ACCOUNT, "why"],
  },
  footbridge_events_ignored_total: {
    type: "counter",
    help: "Events from which nothing followed",
    labels: OF_ACCOUNT,
  },
  footbridge_deliveries_done_total: {
    type: "counter",
    help: "Deliveries that the network has taken: messages, notices, and portals that were opened or changed",
    labels: OF_ACCOUNT,
  },
  footbridge_deliveries_failed_total: {
    type: "counter",
    help: "Deliveries that won't arrive; their senders were told",
    labels: [...OF_ACCOUNT, "reason"],
  },
  footbridge_deliveries_expired_total: {
    type: "counter",
    help: "Deliveries whose deadline passed; their senders were told",
    labels: OF_ACCOUNT,
  },
  footbridge_deliveries_cancelled_total: {
    type: "counter",
    help: "Deliveries that were taken back before they began",
    labels: OF_ACCOUNT,
  },
  footbridge_deliveries_parked_total: {
    type: "counter",
    help: "Deliveries of which nobody knows whether they arrived; their senders were asked",
    labels: OF_ACCOUNT,
  },
  footbridge_deliveries_retried_total: {
    type: "counter",
    help: "Tries that came to nothing and are made again",
    labels: OF_ACCOUNT,
  },
  footbridge_buried_total: {
    type: "counter",
    help: "Deliveries that failed too often, and events that can't be read: kept for the operator",
    labels: [...OF_ACCOUNT, "kind"],
  },
  footbridge_receipts_total: {
    type: "counter",
    help: "Receipts of a network that were merged",
    labels: OF_ACCOUNT,
  },
  footbridge_receipts_unmatched_total: {
    type: "counter",
    help: "Receipts for messages that nobody knows (any more)",
    labels: OF_ACCOUNT,
  },
  footbridge_sms_parts_total: {
    type: "counter",
    help: "Parts of texts that were handed to a network that is paid for each",
    labels: OF_ACCOUNT,
  },
  footbridge_sms_spend_total: {
    type: "counter",
    help: "What these parts cost, in the unit of limits.smsCosts in the config",
    labels: OF_ACCOUNT,
  },
  footbridge_limit_refusals_total: {
    type: "counter",
    help: "How often a limit had no room",
    labels: ["limit"],
  },
  footbridge_accept_seconds: {
    type: "histogram",
    help: "From an event's coming until it is durable, with which its network gets its acknowledgement; a batch counts once",
    labels: OF_ACCOUNT,
    buckets: CALLS,
  },
  footbridge_relay_seconds: {
    type: "histogram",
    help: "From a message's acceptance to the first call to the network that it goes to (whose account is the label)",
    labels: OF_ACCOUNT,
    buckets: RELAYS,
  },
  footbridge_perform_seconds: {
    type: "histogram",
    help: "How long a try at the network takes, whatever comes of it",
    labels: OF_ACCOUNT,
    buckets: CALLS,
  },
  footbridge_queue_deliveries: {
    type: "gauge",
    help: "Deliveries that wait for an account or are under way",
    labels: OF_ACCOUNT,
  },
  footbridge_queue_oldest_seconds: {
    type: "gauge",
    help: "How long ago the oldest message among these was taken in; 0 when none waits",
    labels: OF_ACCOUNT,
  },
  footbridge_deliveries_in_flight: {
    type: "gauge",
    help: "Calls to the network that are under way",
    labels: OF_ACCOUNT,
  },
  footbridge_account_state: {
    type: "gauge",
    help: "1 for the state that an account is in, 0 for the others",
    labels: [...OF_ACCOUNT, "state"],
  },
  footbridge_account_links: {
    type: "gauge",
    help: "Connections of an account that has several",
    labels: [...OF_ACCOUNT, "connected"],
  },
  footbridge_lanes_waiting: {
    type: "gauge",
    help: "Native chats with events that aren't decided yet",
    labels: [],
  },
  footbridge_lanes_oldest_seconds: {
    type: "gauge",
    help: "How long ago the oldest event among these was taken in; 0 when none waits",
    labels: [],
  },
  footbridge_parked_deliveries: {
    type: "gauge",
    help: "Deliveries that wait for their senders' answer whether to send them again",
    labels: [],
  },
  footbridge_buried_items: {
    type: "gauge",
    help: 'What "footbridge buried" lists',
    labels: [],
  },
  footbridge_ready: {
    type: "gauge",
    help: "1 while messages are taken in, as /health/ready has it",
    labels: [],
  },
  footbridge_live: {
    type: "gauge",
    help: "0 when a restart would help, as /health/live has it",
    labels: [],
  },
  footbridge_redis_up: {
    type: "gauge",
    help: "1 while Redis answers",
    labels: [],
  },
  footbridge_redis_memory_used_bytes: {
    type: "gauge",
    help: "Memory that Redis uses",
    labels: [],
  },
  footbridge_redis_memory_max_bytes: {
    type: "gauge",
    help: "Memory from which on Redis takes nothing new; 0: no limit",
    labels: [],
  },
  footbridge_redis_file_bytes: {
    type: "gauge",
    help: "Size of Redis' append-only file",
    labels: [],
  },
  footbridge_redis_write_ok: {
    type: "gauge",
    help: "0 when Redis' last write to its file failed",
    labels: [],
  },
  footbridge_redis_rewrite_ok: {
    type: "gauge",
    help: "0 when the last rewrite of Redis' file failed",
    labels: [],
  },
  footbridge_redis_fsync_delayed_total: {
    type: "counter",
    help: "How often Redis had to wait for the disk with a write, as Redis counts since its own start",
    labels: [],
  },
  footbridge_redis_last_save_timestamp_seconds: {
    type: "gauge",
    help: "When Redis last saved a snapshot; its own start where it saves none",
    labels: [],
  },
  footbridge_redis_calls_total: {
    type: "counter",
    help: "Scripts and commands that Redis was asked for",
    labels: [],
  },
  footbridge_redis_batches_total: {
    type: "counter",
    help: "Writes to the connection that carried them",
    labels: [],
  },
  footbridge_disk_free_bytes: {
    type: "gauge",
    help: "Room that is left on the disk of the state folder",
    labels: [],
  },
  footbridge_disk_size_bytes: {
    type: "gauge",
    help: "Size of that disk",
    labels: [],
  },
  footbridge_clock_held: {
    type: "gauge",
    help: "1 after the clock jumped: no key is destroyed until that is settled",
    labels: [],
  },
  footbridge_keys: {
    type: "gauge",
    help: "Data keys that are there",
    labels: ["purpose"],
  },
  footbridge_keys_overdue: {
    type: "gauge",
    help: "Data keys whose time is over, and that aren't destroyed yet",
    labels: [],
  },
  footbridge_keys_overdue_seconds: {
    type: "gauge",
    help: "For how long the oldest of these is overdue; 0 when none is",
    labels: [],
  },
  footbridge_certificate_expiry_timestamp_seconds: {
    type: "gauge",
    help: "When a certificate that stands in the config ends",
    labels: ["certificate"],
  },
  footbridge_alert_active: {
    type: "gauge",
    help: "1 while something is so that the operator is told in their chat, where one is configured",
    labels: ["alert"],
  },
  footbridge_build_info: {
    type: "gauge",
    help: "Always 1: what runs here",
    labels: ["version", "node", "redis"],
  },
} as const satisfies Readonly<Record<string, MetricRow>>;

export type MetricName = keyof typeof METRICS;
/** In the order of the table. */
export const METRIC_NAMES = Object.keys(METRICS) as readonly MetricName[]; // the table's own keys

/** The metrics of one type. */
export type MetricOf<T extends MetricRow["type"]> = {
  [N in MetricName]: (typeof METRICS)[N]["type"] extends T ? N : never;
}[MetricName];

/** What every row has, of whatever type its metric is. */
export function metricRow(name: MetricName): MetricRow {
  return METRICS[name];
}

/** A value of a metric, as it is now. */
export interface Sample {
  readonly metric: MetricName;
  readonly labels: Readonly<Partial<Record<LabelName, string>>>;
  readonly value: number;
}
