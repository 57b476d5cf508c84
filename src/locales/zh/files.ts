/** 无法读写文件、监听端口的原因：系统错误码，必要时附说明。 */
const PROBLEMS: Readonly<Record<string, string>> = {
  EADDRINUSE: '端口已被占用',
  EACCES: '权限不足',
  EINVAL: '不是普通文件',
  EISDIR: '是一个目录',
  ENOENT: '文件或目录不存在',
  ENOSPC: '磁盘空间不足',
  ENOTDIR: '路径中有一级不是目录',
  EPERM: '不允许此操作',
  EROFS: '文件系统只读',
  EFBIG: '文件过大',
  ENXIO: '该管道没有读取方',
  ETIMEDOUT: '超时',
  ECANCELED: '已中断',
};

export function fileProblem(code: string): string {
  return PROBLEMS[code] === undefined ? code : `${code}（${PROBLEMS[code]}）`;
}
