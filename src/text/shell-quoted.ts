/**
 * A word of a command line, to be pasted into the user's shell: single quotes for a POSIX shell; double quotes on Windows, which
 * cmd.exe and PowerShell both take. Unquoted, PowerShell would make a list of `1,2`, and cmd.exe a variable of `%a%`.
 */
export function shellQuoted(word: string, platform: string): string {
  if (platform === 'win32') return /^[\w+=:./\\-]+$/.test(word) ? word : `"${word.replaceAll('"', '""')}"`;
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
