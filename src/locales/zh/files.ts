/** 无法读写文件的原因：系统错误码，必要时附说明。 */
const PROBLEMS: Readonly<Record<string, string>> = {
  EINVAL: '不是普通文件',
  EFBIG: '文件过大',
  ENXIO: '该管道没有读取方',
  ETIMEDOUT: '10 秒内未完成',
  ECANCELED: '已中断',
};

export function fileProblem(code: string): string {
  return PROBLEMS[code] === undefined ? code : `${code}（${PROBLEMS[code]}）`;
}
