/**
 * The version of the contract between the house and an adapter, by the rules of semver: an adapter that fitted 1.2 fits 1.3, and
 * may not fit 2.0. A package says in its package.json which ones it was written for (`"footbridge": {"contract": "^1.0.0"}`).
 * `npm run check` fails when what `footbridge/adapter` shows has changed and this hasn't (src/adapter/contract.api.txt).
 */
export const CONTRACT_VERSION = "1.0.0";
