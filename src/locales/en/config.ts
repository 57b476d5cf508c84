import { fileProblem } from './files.ts';

/** What `mmai config` and the file behind it have to say. */
export const configEn = {
  unreadable: (path: string, code: string) => `cannot read the config file ${path}: ${fileProblem(code)}`,
  skipped: (path: string, code: string) =>
    `cannot read the config file ${path}: ${fileProblem(code)}; continuing without it`,
  openToOthers: (path: string) => `other users can read the secret in ${path}; to prevent this, run: chmod 600 ${path}`,
  unwritable: (path: string, code: string) => `cannot write the config file ${path}: ${fileProblem(code)}`,
  mountHint: () => 'the file is a mount of its own, which cannot be replaced: mount its directory instead',
  malformed: (path: string) => `${path} is not a valid mmai config file; it was left unchanged`,
  malformedHint: () => 'repair it or move it away, then run "mmai config init"',
  locked: (path: string, waitedMs: number) =>
    `another mmai process holds the lock ${path} (waited ${Math.round(waitedMs / 1000)} s); try again`,
  stopped: () => 'stopped; nothing was changed',
  initNeedsTerminal: () =>
    'config init asks questions, so it needs a terminal; in scripts use "mmai config set KEY VALUE"',
  askId: () => 'AccessKey ID',
  askSecret: () => 'AccessKey secret (not shown)',
  askSecretAgain: (masked: string) => `AccessKey secret (not shown; Enter keeps ${masked})`,
  askRegion: () => 'Default region',
  askCheck: () => 'Check now that it works (mmai config check)?',
  askDelete: (profile: string) => `Delete profile "${profile}" with its AccessKey?`,
  deleteNeedsYes: (profile: string) => `to delete profile "${profile}" without a terminal, add --yes`,
  deleted: (profile: string, path: string) => `profile "${profile}" deleted from ${path}`,
  nowCurrent: (profile: string) => `the current profile is now "${profile}"`,
  tokenDropped: (profile: string) =>
    `the security token of profile "${profile}" was removed: it belonged to the AccessKey before`,
  badValue: (key: string) => `${key}: the value contains a character that cannot occur in it`,
  stored: (profile: string, path: string) => `profile "${profile}" saved in ${path}`,
  emptyValue: (key: string) => `${key}: the value is empty; to remove it use "mmai config unset ${key}"`,
  unknownKey: (key: string, known: readonly string[]) =>
    `there is no setting "${key}"; known settings: ${known.join(', ')}`,
  settingOf: (key: string, profile: string) => `${key} of profile "${profile}"`,
  origin: ({ from, name }: { readonly from: string; readonly name: string }) =>
    from === 'profile' ? `profile "${name}"` : name,
  obtained: () => '(obtained when needed)',
  notWritten: (key: string, where: string) => `${key} is obtained when needed, from ${where}`,
  notSet: (key: string) => `${key} is not set`,
  noAliyun: (path: string) => `aliyun-cli has no file ${path} to import from`,
  outcomes: {
    imported: (_: string) => 'imported',
    kept: (_: string) => 'left unchanged, mmai has it already; --force replaces its key',
    elsewhere: (name: string) => `not copied; mmai reads it from aliyun-cli's file with ALIBABA_CLOUD_PROFILE=${name}`,
    empty: (_: string) => 'not copied; its key is incomplete',
    badKey: (_: string) => 'not copied; its key contains a character that cannot occur in one',
    badName: (_: string) => 'not copied; a profile name in mmai has only letters, digits and . _ @ -',
    unknown: (_: string) => 'not copied; mmai does not know its mode',
  },
  secretInArguments: (key: string) =>
    `${key} was stored, but as an argument it was visible to other users and is in the shell's history; leave the value out next time`,
};
