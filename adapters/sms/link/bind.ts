import type { LinkConfig } from "../config.ts";
import { INTERFACE_VERSION, STATUS, statusName } from "../smpp/constants.ts";
import type { Session } from "../smpp/session.ts";
import { LinkFailure } from "./connect.ts";

/** Binds a session as the config says. @throws LinkFailure when the SMSC doesn't want us, or doesn't answer. */
export async function bindAs(config: LinkConfig, session: Session): Promise<void> {
  const { systemId, password, systemType, bind, name } = config;
  const answer = await session.bind({
    command: `bind_${bind}`,
    systemId,
    password: password.expose(),
    systemType,
    interfaceVersion: INTERFACE_VERSION,
    addressRange: { ton: 0, npi: 0, digits: "" },
  });
  if (answer.kind === "unanswered" && answer.why === "timeout") throw new LinkFailure("timeout", "bind");
  if (answer.kind !== "answered") throw new LinkFailure("network-error", "bind");
  if (session.bound) return;
  const { status } = answer.pdu;
  const remedy = NEEDS_OPERATOR.has(status)
    ? `the SMSC refuses link ${name}: check its systemId, password and systemType`
    : undefined;
  throw new LinkFailure(remedy === undefined ? "rejected" : "unauthorised", statusName(status), remedy);
}

/** Statuses of a bind that no waiting mends (5.1.3). */
const NEEDS_OPERATOR: ReadonlySet<number> = new Set([
  STATUS.bindFailed,
  STATUS.invalidPassword,
  STATUS.invalidSystemId,
  STATUS.invalidSystemType,
]);
