import type { libraryEn } from '../en/library.ts';
import { spaced } from './spacing.ts';

/** 程序调用时选项的错误。 */
export const libraryZh: typeof libraryEn = {
  unknownOption: (name) => `未知选项“${name}”`,
  suggestion: (name) => `您是否想使用 ${name}？`,
  expected: (option, kind, got) => spaced`${option}：应为${kind}，实际为${got}`,
  kinds: {
    object: '对象',
    accessKey: 'AccessKey { accessKeyId, accessKeySecret }，或返回它的函数',
    transport: '类似 fetch 的函数，或带有 send()、renew() 和 close() 的对象',
    client: '带有 getTaskStatus() 的对象',
    taskIds: '任务 ID 的数组',
    taskId: '任务 ID（非空字符串）',
    signal: 'AbortSignal',
    text: '字符串',
    boolean: 'true 或 false',
    number: '数字',
    amount: '不小于 0 的数字',
    origin: 'http(s)://主机[:端口]',
    integer: '整数',
    duration: "大于 0 的毫秒数，或带单位的字符串，例如 '500ms'、'90s'、'2h'；Infinity 表示不限",
  },
};
