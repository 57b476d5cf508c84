import type { Messages } from '../en/messages.ts';
import { fileProblem } from './files.ts';

/** 命令行、环境变量与标准输入中的错误。 */
export const usageZh: Messages['usage'] = {
  badTaskId: (value) => `“${value}”不是有效的任务 ID，应为 1～9223372036854775807 的整数`,
  taskIdsApart: '多个任务 ID 以空格分隔，各为一个参数；通过标准输入传入时每行一个',
  badTaskIdOnLine: (line, value) =>
    `标准输入第 ${line} 行：“${value}”不是有效的任务 ID，应为 1～9223372036854775807 的整数`,
  noIdInObject: (line, places) => `标准输入第 ${line} 行：JSON 对象中没有任务 ID（查找的字段：${places.join('、')}）`,
  badJsonOnLine: (line, text) =>
    `标准输入第 ${line} 行：${text === '' ? 'JSON 不完整' : `JSON 格式错误，位置：“${text}”`}`,
  tooManyIds: (limit) => `标准输入中的任务 ID 超过 ${limit} 个`,
  inputTimeout: (count, limit) =>
    count === 0
      ? `${limit} 内未从标准输入收到任何任务 ID`
      : `标准输入在 ${limit} 内未结束；已读取 ${count} 个任务 ID，未发送任何请求`,
  unreadableInput: (code) => `无法读取标准输入：${code}`,
  inputTooLong: '标准输入超过 1 MiB',
  readingInput: '命令行未指定任务 ID，正在从标准输入读取',
  noTaskIds: '未指定任务 ID：请至少指定一个，或通过标准输入传入（每行一个）',
  noRecentTask: (word) => `${word}：本机没有最近查询过的任务，请指定任务 ID`,
  chooseTask: '请选择任务',
  stoppedReading: '任务 ID 尚未读完即被中断，未发送任何请求',
  badDuration: (what, value) => `${what}：“${value}”不是有效时长，示例：90、90s、10m、1h30m、500ms（最长 24 天）`,
  badChoice: (what, value, allowed) => `${what}：“${value}”无效，可选值：${allowed.join('、')}`,
  badNumber: (what, value, min, max) => `${what}：“${value}”无效，应为 ${min}～${max} 的整数`,
  badRegion: (what, value) =>
    `${what}：“${value}”不是有效的地域 ID，只能包含小写字母、数字和短划线（-），例如 cn-beijing`,
  badEndpoint: (what, value) =>
    `${what}：“${value}”不是有效的接入点，应为主机名或 http(s)://HOST[:PORT]，不含路径、参数、用户名和密码`,
  conflict: (one, other) => `${one} 与 ${other} 不能同时使用`,
  badQuery: (expression, why) => `--query：“${expression}”不是有效的 JMESPath 表达式：${why}`,
  queryError: (expression, why) => `--query：“${expression}”不适用于该结果：${why}`,
  queryQuotes: `字符串请用单引号括起来：tasks[?state=='failed'].id`,
  badProfileName: (value) =>
    `“${value}”不是有效的配置名称，只能包含字母、数字和 . _ @ -，以字母、数字或 _ 开头，最多 64 个字符`,
  unreadableFile: (what, path, code) => `${what}：无法读取 ${path}：${fileProblem(code)}`,
  relativeDirectory: (variable, path) => `${variable}：“${path}”是相对路径，应为绝对路径`,
  noCertificates: (what, path) => `${what}：${path} 中没有有效的 PEM 证书`,
  badProxy: (variable) =>
    `${variable} 不是有效的代理地址，应为 http(s)://[USER:PASSWORD@]HOST:PORT（不支持 socks5 等其他协议）`,
  badProxyHint: '密码中的特殊字符需进行 URL 编码：@ 写作 %40，# 写作 %23，/ 写作 %2F',
};
