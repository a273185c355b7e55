import { dirname, join } from "node:path";
import type { SynapseFile } from "./find.ts";

/** Where Debian's package has its config; its user is called so, too. */
const DEBIAN = "/etc/matrix-synapse";
const COPY = "footbridge-registration.yaml";

/** What is known of the homeserver when it is to be told of us. */
interface Told {
  /** Absolute. */
  readonly registration: string;
  /** Synapse's config file, where one was found on this machine. */
  readonly file: SynapseFile | undefined;
  /** Who runs this; undefined where that has no meaning. */
  readonly uid: number | undefined;
  /** The registration comes into Synapse by compose.yaml. */
  readonly composed: boolean;
}

/** What to do in Synapse, line by line. */
export function synapseWords({ registration, file, uid, composed }: Told): readonly string[] {
  if (composed) return composedWords(dirname(registration));
  const isForeign = file === undefined || file.uid !== uid || file.path.startsWith(`${DEBIAN}/`);
  const named = isForeign
    ? file === undefined
      ? registration
      : join(dirname(file.path), COPY)
    : registration;
  if (file?.registrations.includes(named) === true) {
    return [`${file.path} names ${named} already. Restart Synapse, if it wasn't since.`];
  }
  const where = file === undefined ? "homeserver.yaml, where Synapse runs" : file.path;
  return [
    `In Synapse's ${where} (add the second line, where the first one is there):`,
    "",
    "    app_service_config_files:",
    `      - ${named}`,
    "",
    ...copying(registration, named, file),
    `Then restart Synapse${named.startsWith(`${DEBIAN}/`) ? ": sudo systemctl restart matrix-synapse" : "; it reads this at its start alone"}.`,
  ];
}

/** Synapse runs as a user of its own, and the file is for ours alone. */
function copying(registration: string, named: string, file: SynapseFile | undefined): readonly string[] {
  if (file === undefined) {
    return [
      "Synapse has to be able to read that file: give it a copy, where it is another user or another machine.",
      "",
    ];
  }
  if (named === registration) return [];
  const owner = file.path.startsWith(`${DEBIAN}/`) ? "matrix-synapse" : "SYNAPSES-USER";
  return [
    "Give it a copy that its user can read:",
    "",
    `    sudo install -o ${owner} -m 600 ${shellWord(registration)} ${named}`,
    "",
  ];
}

function shellWord(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Of the bridge's image, and of Synapse's. */
const BRIDGE_USER = "10001";
const SYNAPSE_GROUP = "991";

function composedWords(folder: string): readonly string[] {
  return [
    "The containers run as users of their own: give them the files, Synapse the registration alone.",
    "",
    `    cd ${shellWord(folder)}`,
    `    sudo chown -R ${BRIDGE_USER}:${SYNAPSE_GROUP} config.yaml registration.yaml secrets`,
    "    sudo chmod 640 registration.yaml && sudo chmod 711 .",
    "",
    "Then start them, make yourself a user in Synapse, and have the bridge write to you:",
    "",
    "    docker compose up -d",
    "    docker compose exec synapse register_new_matrix_user -c /data/homeserver.yaml http://127.0.0.1:8008",
    "    docker compose exec footbridge footbridge init --yes",
  ];
}
