import { answerTo, type Given, type Key } from "./answers.ts";

/** Where secrets lie, from the config's folder. */
export const SECRETS = {
  kek: "secrets/kek",
  asToken: "secrets/as-token",
  hsToken: "secrets/hs-token",
  smscPassword: "secrets/smsc-password",
} as const;

/**
 * The config's text. It holds addresses, and names secrets by their files.
 * @param ownKek the key file is one of ours; else the state folder has one already.
 */
export function configText(given: Given, ownKek: boolean): string {
  const say = (key: Key): string => quoted(answerTo(given, key));
  const has = (key: Key): boolean => answerTo(given, key) !== "";
  return [
    HEAD,
    `state: ${say("state")}`,
    "",
    ...(ownKek ? [KEK, "keys:", `  kek: {file: ${SECRETS.kek}}`, ""] : []),
    "accounts:",
    "  matrix:",
    "    network: matrix",
    "    homeserver:",
    `      url: ${say("homeserver")}`,
    `      name: ${say("serverName")}`,
    "    appservice:",
    `      bind: ${say("bind")}`,
    `      port: ${answerTo(given, "port")}`,
    `      url: ${say("url")}`,
    `      asToken: {file: ${SECRETS.asToken}}`,
    `      hsToken: {file: ${SECRETS.hsToken}}`,
    ...(has("smsHost") ? smsLines(given) : []),
    ...(has("whatsapp")
      ? [
          "",
          "  # Linked by: footbridge whatsapp pair",
          "  whatsapp-main:",
          "    network: whatsapp",
          `    number: ${say("whatsapp")}`,
        ]
      : []),
    "",
    "# Whom the bridge tells when an account doesn't work.",
    "operator:",
    `  matrix: ${say("operator")}`,
    "",
  ].join("\n");
}

const HEAD = `# Footbridge's config, as "footbridge init" wrote it. What else there is to set: docs/configuration.md.
# After a change of what stands under "matrix": footbridge register --force, and restart the homeserver.
`;
const KEK = `# The key that wraps all others. It lies outside of the state folder, so that no copy of that can be read. Without it
# nothing of what is stored can: keep a copy of it somewhere else.`;

function smsLines(given: Given): readonly string[] {
  const numbers = answerTo(given, "smsNumbers").split(",").map(quoted).join(", ");
  return [
    "",
    "  sms-main:",
    "    network: sms",
    `    numbers: [${numbers}]`,
    "    links:",
    "      - name: smsc-a",
    `        host: ${quoted(answerTo(given, "smsHost"))}`,
    `        port: ${answerTo(given, "smsPort")}`,
    ...(answerTo(given, "smsTls") === "yes" ? ["        tls: true"] : []),
    `        systemId: ${quoted(answerTo(given, "smsSystemId"))}`,
    `        password: {file: ${SECRETS.smscPassword}}`,
  ];
}

/** As YAML reads it, whatever is in it: JSON's texts are YAML's, too. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
