import { fileProblem } from './files.ts';

/** What `mmai config` and the file behind it have to say. */
export const configEn = {
  unreadable: (path: string, code: string) => `cannot read the config file ${path}: ${fileProblem(code)}`,
  skipped: (path: string, code: string) =>
    `cannot read the config file ${path}: ${fileProblem(code)}; continuing without it`,
  openToOthers: (path: string) => `other users can read the secret in ${path}; to prevent this, run: chmod 600 ${path}`,
  unwritable: (path: string, code: string) => `cannot write the config file ${path}: ${fileProblem(code)}`,
  mountHint: 'the file itself is a mount point, which cannot be replaced: mount its directory instead',
  malformed: (path: string) => `${path} is not a valid mmai config file; it was left unchanged`,
  malformedHint: 'fix it or move it away, then run "mmai config init"',
  locked: (path: string, waitedMs: number) =>
    `another mmai process holds the lock ${path} (waited ${Math.round(waitedMs / 1000)}s); try again`,
  waiting: (path: string) => `waiting for the lock ${path}, which another mmai process holds or left behind`,
  inTheWay: (path: string) => `${path} is not the lock of a running mmai process: move it away`,
  foreignLink: (path: string, link: string) =>
    `cannot write the config file ${path}: ${link} is another user's link into a directory that is not theirs`,
  readingInput: 'no value on the command line: reading from standard input',
  inputTimeout: (limit: string) =>
    `nothing more arrived on standard input within ${limit}, and it did not end; nothing was changed`,
  stopped: 'interrupted; nothing was changed',
  initNeedsTerminal: 'config init is interactive and needs a terminal; in scripts, use "mmai config set KEY VALUE"',
  promptsUnseen: 'prompts are written to standard error, which is not a terminal',
  askId: 'AccessKey ID',
  askSecret: 'AccessKey secret (not shown)',
  askSecretAgain: (masked: string) => `AccessKey secret (not shown; press Enter to keep ${masked})`,
  askRegion: 'Default region',
  answers: { yes: 'Yes', no: 'No' },
  askCheck: 'Check it now (mmai config check)?',
  profilesHint: 'run "mmai config profiles" to list the profiles',
  askDelete: (profile: string) => `Delete profile "${profile}" and its AccessKey?`,
  deleteNeedsYes: (profile: string) => `to delete profile "${profile}" without a terminal, add --yes`,
  notDeleted: (profile: string) => `profile "${profile}" was not deleted`,
  deleted: (profile: string, path: string) => `profile "${profile}" deleted from ${path}`,
  nowCurrent: (profile: string) => `the current profile is now "${profile}"`,
  tokenDropped: (profile: string) =>
    `the security token of profile "${profile}" was removed: it belonged to the previous AccessKey`,
  keyFirst: (profile: string) =>
    `profile "${profile}" has an AccessKey, which is used instead of the command; to use the command, unset access-key-id and access-key-secret`,
  badValue: (key: string) => `${key}: the value contains a character that cannot occur in it`,
  stored: (profile: string, path: string) => `profile "${profile}" saved in ${path}`,
  emptyValue: (key: string) => `${key}: the value is empty; to remove the setting, run "mmai config unset ${key}"`,
  unknownKey: (key: string, known: readonly string[]) =>
    `unknown setting "${key}"; valid settings: ${known.join(', ')}`,
  settingOf: (key: string, profile: string) => `${key} of profile "${profile}"`,
  origin: ({ from, name }: { readonly from: string; readonly name: string }) =>
    from === 'profile' ? `profile "${name}"` : name,
  obtained: '(obtained when needed)',
  notWritten: (key: string, where: string) => `${key} is obtained when needed, from ${where}`,
  notSet: (key: string) => `${key} is not set`,
  noAliyun: (path: string) => `nothing to import: ${path} does not exist`,
  outcomes: {
    imported: (_: string) => 'imported',
    kept: (_: string) => 'already exists, left unchanged; --force replaces its AccessKey',
    elsewhere: (name: string) => `not copied; to use it from aliyun-cli's file, set ALIBABA_CLOUD_PROFILE=${name}`,
    empty: (_: string) => 'not copied; its AccessKey is incomplete',
    badKey: (_: string) => 'not copied; its AccessKey contains an invalid character',
    badName: (_: string) => 'not copied; profile names in mmai consist of letters, digits and . _ @ -',
    unknown: (_: string) => 'not copied; its mode is not supported',
  },
  secretInArguments: (key: string) =>
    `${key} was saved, but arguments are visible to other users and recorded in the shell history; omit the value next time`,
};
