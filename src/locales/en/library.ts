/** What is wrong with an option of the library. */
export const libraryEn = {
  unknownOption: (name: string) => `unknown option "${name}"`,
  suggestion: (name: string) => `did you mean "${name}"?`,
  expected: (option: string, kind: string, got: string) => `${option}: expected ${kind}, got ${got}`,
  kinds: {
    object: 'an object',
    accessKey: 'an AccessKey { accessKeyId, accessKeySecret }, or a function that returns one',
    transport: 'a function like fetch, or an object with send(), renew() and close()',
    client: 'an object with getTaskStatus()',
    taskIds: 'an array of task IDs',
    taskId: 'a task ID (a string that is not empty)',
    signal: 'an AbortSignal',
    text: 'a string',
    boolean: 'true or false',
    number: 'a number',
    amount: 'a number that is not negative',
    origin: 'http(s)://HOST[:PORT]',
    integer: 'an integer',
    duration:
      "a positive number of milliseconds, or a string with a unit such as '500ms', '90s' or '2h'; Infinity for no limit",
  },
};
