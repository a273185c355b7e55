import { join } from "node:path";

/** What one server's files are made from. */
export interface SynapseSettings {
  readonly folder: string;
  readonly port: number;
  /** The content of the appservice's registration file. */
  readonly registration?: Readonly<Record<string, unknown>>;
  /** Put over the settings at the top level. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** The server name of each test server: it is in the template's database. */
export const SERVER_NAME = "localhost";

const FAST = { per_second: 9_999, burst_count: 9_999 };

/** `homeserver.yaml` as an object (JSON is YAML): a stranger's server, but quick and without limits. */
export function homeserverSettings({ folder, port, registration, extra }: SynapseSettings): object {
  return {
    server_name: SERVER_NAME,
    public_baseurl: `http://127.0.0.1:${port}/`,
    report_stats: false,
    pid_file: join(folder, "homeserver.pid"),
    signing_key_path: join(folder, "signing.key"),
    media_store_path: join(folder, "media"),
    log_config: join(folder, "log.yaml"),
    macaroon_secret_key: "test-only",
    registration_shared_secret: "test-only",
    form_secret: "test-only",
    trusted_key_servers: [],
    suppress_key_server_warning: true,
    federation_domain_whitelist: [],
    listeners: [{ port, type: "http", bind_addresses: ["127.0.0.1"], resources: [{ names: ["client"] }] }],
    database: { name: "sqlite3", args: { database: join(folder, "homeserver.db") } },
    enable_registration: true,
    enable_registration_without_verification: true,
    bcrypt_rounds: 4,
    app_service_config_files: registration === undefined ? [] : [join(folder, "registration.yaml")],
    caches: { global_factor: 0.5 },
    presence: { enabled: false },
    experimental_features: {},
    rc_message: FAST,
    rc_registration: FAST,
    rc_login: { address: FAST, account: FAST, failed_attempts: FAST },
    rc_joins: { local: FAST, remote: FAST },
    rc_joins_per_room: FAST,
    rc_invites: { per_room: FAST, per_user: FAST, per_issuer: FAST },
    rc_room_creation: FAST,
    rc_admin_redaction: FAST,
    rc_3pid_validation: FAST,
    rc_media_create: FAST,
    ...extra,
  };
}

/** Only warnings, into a file: a start without it prints 200 lines. */
export function logSettings(folder: string): object {
  return {
    version: 1,
    formatters: { line: { format: "%(asctime)s %(levelname)s %(name)s %(message)s" } },
    handlers: {
      file: { class: "logging.FileHandler", formatter: "line", filename: join(folder, "homeserver.log") },
    },
    root: { level: "WARNING", handlers: ["file"] },
    disable_existing_loggers: false,
  };
}
