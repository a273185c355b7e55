/** What people type for what is called otherwise here, with the way there. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  start: '"footbridge run" starts the bridge',
  stop: 'Ctrl-C or SIGTERM stops "footbridge run"; what started it (systemd, docker) stops it too',
  restart: 'stop "footbridge run" and start it again; what started it (systemd, docker) does both',
  logs: '"footbridge run" logs to its output: see journalctl, "docker logs", or the terminal where it runs',
  version: '"footbridge --version" shows it',
  pair: '"footbridge whatsapp pair" links a WhatsApp account',
  check: '"footbridge doctor" checks everything that the bridge needs',
  setup: '"footbridge init" sets the bridge up',
};

/** What to say of a word that is no command, where it is known what was meant. */
export function otherWord(word: string | undefined): string | undefined {
  if (word === undefined || !Object.hasOwn(OTHER_WORDS, word)) return undefined;
  return `error: unknown command '${word}': ${OTHER_WORDS[word]}`;
}
