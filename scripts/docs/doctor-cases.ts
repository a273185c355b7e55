/** A set-up that is broken in one way, and the line that `footbridge doctor` prints of it. */
export interface BrokenSetup {
  readonly id: string;
  /** What is broken, as the page says it. */
  readonly setup: string;
  /** The line, with `/srv/footbridge` for the folder that everything is in. Numbers in it are compared as "some number". */
  readonly says: string;
}

/** Broken on this machine: test/cli/doctor/breaking.ts says how, and table.test.ts that it says so. */
export const LOCAL = [
  {
    id: "typo",
    setup: "a misspelt key in the config",
    says: 'problem  config: /srv/footbridge/config.yaml:13:7: log.levle: found an unknown key: expected level (did you mean "level"?)',
  },
  {
    id: "secret-missing",
    setup: "a secret's file isn't there",
    says: "problem  config: /srv/footbridge/config.yaml:12:72: accounts.sms.links[0].password: found no such file at secrets/password: expected a readable file that holds the secret (a relative path begins at the config file's folder)",
  },
  {
    id: "secret-env",
    setup: "a secret's environment variable isn't set",
    says: "problem  config: /srv/footbridge/config.yaml:13:8: keys.kek: found an environment variable FOOTBRIDGE_KEK that is not set: expected a secret in it (set FOOTBRIDGE_KEK where footbridge is started)",
  },
  {
    id: "secret-open",
    setup: "a secret's file has mode 644",
    says: 'warning  config: /srv/footbridge/config.yaml:12:72: accounts.sms.links[0].password: others on this machine may read secrets/password: "chmod 600" closes it',
  },
  {
    id: "config-open",
    setup: "the config has mode 644",
    says: "warning  config: everybody on this machine may read the file, and the addresses in it (mode 644): run chmod o= /srv/footbridge/config.yaml",
  },
  {
    id: "limits-anywhere",
    setup: "an SMS account, and no `limits.smsTo`",
    says: "warning  limits: texts may go to phones of any country, also where each of them is dear: name the countries that you serve in limits.smsTo",
  },
  {
    id: "limits-nothing",
    setup: "`limits.smsSpend` with a budget of 0",
    says: "problem  limits: limits.smsSpend allows nothing, so that no text goes to a phone: give it a budget",
  },
  {
    id: "few-files",
    setup: "`ulimit -n 200`",
    says: "warning  open files: 200 may be open at a time: raise the limit to 1024 or more (ulimit -n, LimitNOFILE=, --ulimit nofile)",
  },
  {
    id: "state-gone",
    setup: "the state folder isn't there, and no daemon runs",
    says: 'warning  state folder: /srv/footbridge/state isn\'t there: the first start makes it; if there was one before, correct "state" in the config',
  },
  {
    id: "state-nowhere",
    setup: "a file where the folder above the state folder should be",
    says: "problem  state folder: /srv/footbridge/file/state isn't there, and can't be made: /srv/footbridge/file is no folder: correct \"state\" in the config",
  },
  {
    id: "state-file",
    setup: "a file where the state folder should be",
    says: 'problem  state folder: /srv/footbridge/state is no folder: give "state" in the config a folder',
  },
  {
    id: "state-open",
    setup: "the folder of the keys has mode 755",
    says: "problem  state folder: keys is open to other users (mode 755): run chmod -R go= /srv/footbridge/state",
  },
  {
    id: "state-tmpfs",
    setup: "the state folder on a tmpfs",
    says: "warning  kind of disk: the state folder is in memory (tmpfs): put it on a disk or a volume: keys and what waits are gone at the next restart of the machine",
  },
  {
    id: "disk-full",
    setup: "the state folder on a disk of 8 MB",
    says: "problem  disk: 0.0 GB are free where the state folder is: make room: when the disk is full nothing more is taken in",
  },
  {
    id: "keys-in-git",
    setup: "the state folder in a git work tree",
    says: "problem  place of the keys: /srv/footbridge/state lies in a work tree (/srv/footbridge): stop the daemon and move it to a folder of its own: what is destroyed here lives on in each copy",
  },
  {
    id: "keys-ignored",
    setup: "the same, and `.gitignore` names it",
    says: "warning  place of the keys: /srv/footbridge/state lies in a work tree (/srv/footbridge), which ignores it: stop the daemon and move it to a folder of its own: git clean would delete it",
  },
  {
    id: "keys-synced",
    setup: "the state folder in a folder of Syncthing's",
    says: "problem  place of the keys: /srv/footbridge/state lies in a folder that is synchronised (/srv/footbridge): stop the daemon and move it to a folder of its own: what is destroyed here lives on in each copy",
  },
  {
    id: "keys-in-dropbox",
    setup: "the state folder in one called Dropbox",
    says: "problem  place of the keys: /srv/footbridge/Dropbox/state lies in a folder that is synchronised (/srv/footbridge/Dropbox): stop the daemon and move it to a folder of its own: what is destroyed here lives on in each copy",
  },
  {
    id: "keys-in-backup",
    setup: "the state folder in one called backups",
    says: "problem  place of the keys: /srv/footbridge/backups/state lies in a folder of backups (/srv/footbridge/backups): stop the daemon and move it to a folder of its own: what is destroyed here lives on in each copy",
  },
  {
    id: "kek-open",
    setup: "the file of `keys.kek` has mode 640",
    says: "problem  key-encryption key: other users may read its file (mode 640): run chmod 600 /srv/footbridge/secrets/kek",
  },
  {
    id: "kek-in-redis",
    setup: "the file of `keys.kek` in the folder of the embedded Redis",
    says: "problem  key-encryption key: it lies in Redis' own folder, which Redis' tools copy: move it elsewhere, and correct keys.kek in the config",
  },
  {
    id: "kek-other",
    setup: "another key-encryption key than the keys were made with",
    says: "problem  keys: the key-encryption key opens none of the keys: give the one that they were made with (keys.kek in the config, or the file kek in the state folder)",
  },
  {
    id: "kek-gone",
    setup: "the key-encryption key is gone, the keys are there",
    says: "problem  keys: the key-encryption key can't be used: found no key-encryption key in /srv/footbridge/state/kek; expected base64 of 32 octets (as `openssl rand -base64 32` prints it): mount the file",
  },
  {
    id: "key-damaged",
    setup: "a key's file is overwritten",
    says: "problem  keys: 1 of 13 keys are damaged: move them away, and lose what they seal; look at the disk",
  },
  {
    id: "journal-nowhere",
    setup: "`backup.journal` in a folder that isn't there",
    says: "problem  journal: /srv/footbridge/elsewhere isn't there: make it, for the daemon's user alone (mode 700), or correct backup.journal",
  },
  {
    id: "journal-in-file",
    setup: "`backup.journal` in a file",
    says: "problem  journal: /srv/footbridge/homeserver.yaml is no folder: give backup.journal a file in a folder",
  },
  {
    id: "journal-read-only",
    setup: "`backup.journal` on a disk that is mounted read-only",
    says: "problem  journal: /srv/footbridge/disk can't be written (EROFS): let that disk be written, or correct backup.journal",
  },
  {
    id: "journal-other",
    setup: "another file under the name of the journal in the state folder",
    says: "problem  journal: /srv/footbridge/state/journal is none that can be read: name another file in backup.journal, or give this one to the daemon's user",
  },
  {
    id: "keys-overdue",
    setup: "keys of 45 days ago, and no daemon ran since",
    says: "warning  age of the keys: 8 are still there although their time is over, and with them what they seal: start the daemon: it destroys them first",
  },
  {
    id: "keys-stopped",
    setup: "a daemon runs, and its newest key is five hours old",
    says: "problem  age of the keys: the daemon has made none for 5h, though each hour has its own: look into its log, and restart it",
  },
  {
    id: "clock-behind",
    setup: "this machine's clock was put back by three hours",
    says: "problem  clock: this machine's clock is behind: a key was made 2h59m after what it shows now: let NTP keep it, before the daemon starts",
  },
  {
    id: "redis-frozen",
    setup: "a daemon runs, and its Redis is frozen",
    says: "problem  daemon: it runs, but didn't answer within 5 s (redis: doesn't answer): mend that, look into its log, and run this again: what only it knows wasn't checked",
  },
  {
    id: "redis-away",
    setup: "nothing listens at `redis.url`",
    says: "problem  redis: the external Redis can't be used from here (ECONNREFUSED): see that it runs, and can be reached at redis.url (redis.cluster)",
  },
  {
    id: "redis-clear",
    setup: "a `redis.url` over the Internet without TLS",
    says: "warning  redis: the way to it isn't encrypted: its password can be read there: make redis.url one that begins with rediss",
  },
  {
    id: "redis-password",
    setup: "a user and password that Redis doesn't know",
    says: "problem  redis: the external Redis can't be used from here (WRONGPASS): it is there, and doesn't take redis.username and redis.password: correct them",
  },
  {
    id: "redis-everysec",
    setup: "an external Redis with `appendfsync everysec`",
    says: "problem  redis: found appendfsync everysec, expected always: set appendfsync always, or accept it in the config (redis.allow: everysec)",
  },
  {
    id: "redis-evicts",
    setup: "an external Redis with `maxmemory-policy allkeys-lru`",
    says: "problem  redis: found maxmemory-policy allkeys-lru, expected noeviction: set maxmemory-policy noeviction, or accept it in the config (redis.allow: eviction)",
  },
  {
    id: "redis-forgets",
    setup: "an external Redis with `appendonly no`",
    says: "problem  redis: found appendonly no, expected yes: set appendonly yes, or accept it in the config (redis.allow: no-persistence)",
  },
  {
    id: "redis-full",
    setup: "an external Redis with `maxmemory 1mb`",
    says: "warning  redis memory: 0.9 MB used of 1.0 MB: give Redis more memory (maxmemory), or see in the status why so much waits",
  },
  {
    id: "redis-keys",
    setup: "the state folder in the folder of an external Redis",
    says: "problem  place of the keys: keys lie in the folder that Redis writes to (/var/lib/redis/state): stop the daemon and move them to a folder of their own: who copies Redis' files must not get the keys",
  },
  {
    id: "homeserver-away",
    setup: "nothing listens at `homeserver.url`",
    says: "problem  account matrix: homeserver: no answer (not-connected): start it, or make homeserver.url the address at which it can be reached from here",
  },
  {
    id: "homeserver-clock",
    setup: "the homeserver's clock is an hour ahead",
    says: "problem  account matrix: clock: the homeserver's is 3600 s ahead of this machine's: let NTP keep both",
  },
  {
    id: "port-taken",
    setup: "another program has `appservice.port`",
    says: "problem  account matrix: way back: the port of appservice.port is taken: the port of appservice.port can't be listened on: end the program that has it, or choose another port and write the registration again (docs/next-to-synapse.md)",
  },
  {
    id: "registration-token",
    setup: "a registration file with another `as_token`",
    says: "problem  account matrix: registration file: registration.yaml: its as_token isn't appservice.asToken: make both the same, load the file and restart the homeserver",
  },
  {
    id: "registration-sender",
    setup: "a registration file with the bot as `sender_localpart`",
    says: "problem  account matrix: registration file: registration.yaml: its sender_localpart is the bot: give it one that is never used (_fb_sender): Synapse refuses /sync to the sender",
  },
  {
    id: "registration-bot",
    setup: "a registration file whose namespaces lack the bot",
    says: "problem  account matrix: registration file: registration.yaml: its namespaces.users lack the bot: write the registration file again (docs/next-to-synapse.md), load it and restart the homeserver",
  },
  {
    id: "registration-everybody",
    setup: "a registration file whose namespaces are everybody's",
    says: "problem  account matrix: registration file: registration.yaml: its namespaces.users take in people who aren't the bridge's: write the registration file again (docs/next-to-synapse.md), load it and restart the homeserver",
  },
  {
    id: "registration-url",
    setup: "a registration file without `url`",
    says: "problem  account matrix: registration file: registration.yaml: it has no url, so that the homeserver tells us nothing: write the registration file again (docs/next-to-synapse.md), load it and restart the homeserver",
  },
  {
    id: "registration-other-url",
    setup: "a registration file with another `url` than the config's",
    says: "warning  account matrix: registration file: registration.yaml: its url isn't the one of the config (appservice.url, else appservice.bind and appservice.port): give appservice.url the one under which the homeserver reaches us; write the registration file again (docs/next-to-synapse.md), load it and restart the homeserver",
  },
  {
    id: "registration-limited",
    setup: "a registration file with `rate_limited: true`",
    says: "warning  account matrix: registration file: registration.yaml: it has no rate_limited: false, so that texts wait when there are many: add that, load it and restart the homeserver",
  },
  {
    id: "registration-flags",
    setup: "a registration file without `receive_ephemeral`",
    says: "warning  account matrix: registration file: registration.yaml: it has no receive_ephemeral: true, so that typing and read receipts may not come: add that, load it and restart the homeserver",
  },
  {
    id: "registration-open",
    setup: "a registration file with mode 644",
    says: "warning  account matrix: registration file: registration.yaml: everybody on this machine may read its tokens: run chmod o= registration.yaml",
  },
  {
    id: "features-unseen",
    setup: "Synapse's config isn't given, and in no usual place",
    says: "warning  account matrix: homeserver's privacy: what it keeps and shows can't be seen from here: give --homeserver-config Synapse's homeserver.yaml, or a copy of it",
  },
  {
    id: "features-other",
    setup: "the `homeserver.yaml` of another server is given",
    says: "problem  account matrix: homeserver's privacy: what --homeserver-config names is of another server (server_name): give --homeserver-config Synapse's homeserver.yaml, or a copy of it",
  },
  {
    id: "features-search",
    setup: "`enable_search: true`, Synapse's default",
    says: "warning  account matrix: homeserver's privacy: search: its search index keeps the text of messages in clear, also after they are redacted: in homeserver.yaml set enable_search: false, and restart Synapse",
  },
  {
    id: "features-redaction",
    setup: "`redaction_retention_period: null`",
    says: "warning  account matrix: homeserver's privacy: redaction: its database keeps the text of redacted messages for longer than a day: in homeserver.yaml set redaction_retention_period: 1d, or less, and restart Synapse",
  },
  {
    id: "features-retention",
    setup: "no `retention`, Synapse's default",
    says: "warning  account matrix: homeserver's privacy: retention: what nobody redacts stays in its database for ever: in homeserver.yaml set retention.enabled: true, with a default_policy.max_lifetime, and restart Synapse",
  },
  {
    id: "features-previews",
    setup: "`url_preview_enabled: true`",
    says: "warning  account matrix: homeserver's privacy: URL previews: it opens the links that people send, so that their sites learn of it, and keeps what it saw: in homeserver.yaml set url_preview_enabled: false, and restart Synapse",
  },
  {
    id: "features-presence",
    setup: "`presence` on, Synapse's default",
    says: "warning  account matrix: homeserver's privacy: presence: it tells the bridge, and all who share a room, who is online when; the bridge has no use for it: in homeserver.yaml set presence.enabled: false, and restart Synapse",
  },
  {
    id: "features-directory",
    setup: "`user_directory.search_all_users: true`",
    says: "warning  account matrix: homeserver's privacy: user directory: every user of it can find the ghosts, and so the names under which people talk: in homeserver.yaml set user_directory.search_all_users: false, and restart Synapse",
  },
  {
    id: "features-encryption",
    setup: "`encryption_enabled_by_default_for_room_type: all`",
    says: "problem  account matrix: homeserver's privacy: encryption: it encrypts new rooms by itself, and the bridge can't read in these: in homeserver.yaml set encryption_enabled_by_default_for_room_type: off, and restart Synapse",
  },
  {
    id: "smsc-away",
    setup: "nothing listens at the SMSC's port",
    says: "problem  account sms: link smsc-a: the link can't be used (network-error, ECONNREFUSED): see that host and port are the SMSC's, and that nothing between drops the connection",
  },
  {
    id: "smsc-silent",
    setup: "the SMSC doesn't answer the bind",
    says: "problem  account sms: link smsc-a: the link can't be used (timeout, bind): see that host and port are the SMSC's, and that nothing between drops what is sent",
  },
  {
    id: "smsc-password",
    setup: "the SMSC has another password",
    says: "problem  account sms: link smsc-a: the link can't be used (unauthorised, smpp-0x0e): the SMSC refuses link smsc-a: check its systemId, password and systemType",
  },
  {
    id: "smsc-busy",
    setup: "the SMSC says that we are bound already",
    says: "problem  account sms: link smsc-a: the link can't be used (rejected, smpp-0x05): ask the SMSC's operator: it may have too many binds of ours, or be too busy",
  },
  {
    id: "smsc-expired",
    setup: "the SMSC's certificate has expired",
    says: "problem  account sms: link smsc-a: the SMSC's certificate isn't valid today: ask its operator for a new one, and look at this machine's clock",
  },
  {
    id: "smsc-unknown",
    setup: "nobody whom we trust signed the SMSC's certificate",
    says: "problem  account sms: link smsc-a: the link can't be used (unauthorised, DEPTH_ZERO_SELF_SIGNED_CERT): the certificate of link smsc-a can't be verified: give its authority as tls.ca, or its name as tls.servername",
  },
  {
    id: "smsc-clear",
    setup: "a link over the Internet without `tls`",
    says: "warning  account sms: link smsc-a: the link isn't encrypted: its password, numbers and texts can be read on the way: set tls where the SMSC has it, or lead the link through a tunnel to a private address",
  },
  {
    id: "whatsapp-away",
    setup: "WhatsApp's server can't be reached",
    says: "problem  account whatsapp: server: WhatsApp's server can't be reached from here (ECONNREFUSED): let connections to WhatsApp's server on port 443 through; a name server and a way out are needed",
  },
] as const satisfies readonly BrokenSetup[];

export type LocalId = (typeof LOCAL)[number]["id"];
