import { tmpdir } from 'node:os';

/**
 * Takes out of this process's environment whatever the tester has set: a locale, a proxy, colours, CI, an AccessKey, settings of
 * `MMAI_*`. What stays is what programs need in order to start, and what steers the tests. Imported for this effect by mmai.ts,
 * and so by every test that runs or spawns the program.
 */
const KEPT =
  /^(PATH|HOME|TMPDIR|TMP|TEMP|SYSTEMROOT|SYSTEMDRIVE|WINDIR|COMSPEC|PATHEXT|USERPROFILE|(LOCAL)?APPDATA|LD_LIBRARY_PATH|NODE_(TEST|V8)_\w+|MMAI_(FUZZ|TEST)_\w+)$/i;

for (const name of Object.keys(process.env)) if (!KEPT.test(name)) delete process.env[name];
// A user without a name has no other home than this one, and neither conf nor npm starts without.
process.env.HOME ??= tmpdir();
