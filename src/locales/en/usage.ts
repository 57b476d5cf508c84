import { fileProblem } from './files.ts';

/** What is wrong with the command line, the variables and standard input. */
export const usageEn = {
  badTaskId: (value: string) => `"${value}" is not a valid task ID: expected an integer from 1 to 9223372036854775807`,
  taskIdsApart: 'separate task IDs with spaces, each an argument of its own; on standard input, one per line',
  badTaskIdOnLine: (line: number, value: string) =>
    `line ${line} of standard input: "${value}" is not a valid task ID: expected an integer from 1 to 9223372036854775807`,
  noIdInObject: (line: number, places: readonly string[]) =>
    `line ${line} of standard input: this JSON object has no task ID (looked for ${places.join(', ')})`,
  badJsonOnLine: (line: number, text: string) =>
    `line ${line} of standard input: ${text === '' ? 'the JSON is incomplete' : `invalid JSON near "${text}"`}`,
  tooManyIds: (limit: number) => `standard input has more than ${limit} task IDs`,
  inputTimeout: (count: number, limit: string) =>
    count === 0
      ? `no task ID arrived on standard input within ${limit}`
      : `standard input did not end within ${limit}; ${count} task ${count === 1 ? 'ID was' : 'IDs were'} read, nothing was sent`,
  unreadableInput: (code: string) => `cannot read standard input: ${code}`,
  inputTooLong: 'standard input is longer than 1 MiB',
  readingInput: 'no task ID on the command line: reading from standard input',
  noTaskIds: 'no task ID given: pass at least one, or pipe them to standard input, one per line',
  noRecentTask: (word: string) => `${word}: no recent task on this machine; pass a task ID`,
  chooseTask: 'Which task?',
  stoppedReading: 'interrupted before all task IDs were read; nothing was sent',
  badDuration: (what: string, value: string) =>
    `${what}: "${value}" is not a valid duration: use a form such as 90s, 10m, 1h30m or 500ms (at most 24 days)`,
  badChoice: (what: string, value: string, allowed: readonly string[]) =>
    `${what}: "${value}" is not one of ${allowed.join(', ')}`,
  badNumber: (what: string, value: string, min: number, max: number) =>
    `${what}: "${value}" is not an integer from ${min} to ${max}`,
  badRegion: (what: string, value: string) =>
    `${what}: "${value}" is not a valid region ID: use only lower-case letters, digits and "-", as in cn-beijing`,
  badEndpoint: (what: string, value: string) =>
    `${what}: invalid endpoint "${value}": expected HOST or http(s)://HOST[:PORT] without path, query or credentials`,
  conflict: (one: string, other: string) => `${one} and ${other} cannot be used together`,
  badQuery: (expression: string, why: string) => `--query: "${expression}" is not a valid JMESPath expression: ${why}`,
  queryError: (expression: string, why: string) => `--query: "${expression}" does not fit the document: ${why}`,
  queryQuotes: `put strings in single quotes: tasks[?state=='failed'].id`,
  badProfileName: (value: string) =>
    `"${value}" is not a valid profile name: use letters, digits and . _ @ -, at most 64 characters, starting with a letter, a digit or _`,
  unreadableFile: (what: string, path: string, code: string) => `${what}: cannot read ${path}: ${fileProblem(code)}`,
  relativeDirectory: (variable: string, path: string) =>
    `${variable}: "${path}" is a relative path; it must be absolute`,
  noCertificates: (what: string, path: string) => `${what}: ${path} contains no readable PEM certificate`,
  badProxy: (variable: string) =>
    `${variable} is not a valid proxy URL: expected http(s)://[USER:PASSWORD@]HOST:PORT (other schemes, such as socks5, are not supported)`,
  badProxyHint: 'percent-encode special characters in the password: @ is %40, # is %23, / is %2F',
};
