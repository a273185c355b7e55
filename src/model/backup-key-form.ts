/** How the half of a backup key begins that seals backups. */
export const SEALING_FORM = "footbridge-backup-seal-1:";
/** How the half begins that opens them. */
export const OPENING_FORM = "footbridge-backup-open-1:";

/** 64 octets in base64url. */
const REST = /^[A-Za-z0-9_-]{86}$/;

/** The octets of a half of a backup key; undefined when a text isn't such a half. */
export function backupKeyOctets(text: string, form: string): Buffer | undefined {
  const trimmed = text.trim();
  const rest = trimmed.slice(form.length);
  return trimmed.startsWith(form) && REST.test(rest) ? Buffer.from(rest, "base64url") : undefined;
}
