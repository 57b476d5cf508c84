/** Why a file could not be read or written: the system's code, with words for those that do not explain themselves. */
const PROBLEMS: Readonly<Record<string, string>> = {
  EINVAL: 'not a regular file',
  EFBIG: 'the file is too large',
  ENXIO: 'nothing reads from this pipe',
  ETIMEDOUT: 'timed out',
  ECANCELED: 'interrupted',
};

export function fileProblem(code: string): string {
  return PROBLEMS[code] === undefined ? code : `${code} (${PROBLEMS[code]})`;
}
