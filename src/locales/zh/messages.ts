import { en, type Messages } from '../en/messages.ts';
import { checkZh } from './check.ts';
import { codesZh } from './codes.ts';
import { configZh } from './config.ts';
import { credentialsZh } from './credentials.ts';
import { explainZh } from './explain.ts';
import { fileProblem } from './files.ts';
import { helpZh } from './help.ts';
import { libraryZh } from './library.ts';
import { networkZh } from './network.ts';
import { spaced } from './spacing.ts';
import { usageZh } from './usage.ts';
import { watchZh } from './watch.ts';

/** 面向用户的全部中文语句。 */
export const zh: Messages = {
  help: helpZh,
  codes: codesZh,
  explain: explainZh,
  check: checkZh,
  network: networkZh,
  library: libraryZh,
  error: '错误：',
  warning: '警告：',
  hint: '提示：',
  states: { submitting: '提交中', running: '执行中', succeeded: '执行成功', failed: '执行失败', unknown: '未知' },
  glyphs: en.glyphs,
  noState: '出错',
  usage: usageZh,
  parser: {
    formatOfResponse: '--format 指定服务的返回格式；如需输出 JSON，请使用 -o json',
    unknownOption: (flag) => `未知选项：${flag}`,
    unknownCommand: (name) => `未知命令：${name}`,
    missingArgument: (name) => `缺少参数：${name}`,
    noValue: (flag) => `选项 ${flag} 不接受取值`,
    missingValue: (flags) => `选项 ${flags} 缺少取值`,
    excessArguments: (expected, given) => `参数过多：最多 ${expected} 个，实际 ${given} 个`,
    helpCommands: (command) => `运行 "${command} --help" 查看所有${command === 'mmai' ? '' : '子'}命令`,
    helpOptions: (command) => `运行 "${command} --help" 查看所有选项`,
    noFields: '--json 不接受字段；请用 --query 选取，例如 --query "tasks[].[id, state]"',
    noListing: '服务端没有列出任务的接口；在终端中运行 "mmai status" 可从最近查询过的任务中选择',
    exitStatus: 'watch 无需此选项：其退出码始终反映任务结果',
    suggestion: (names) => `您是否想输入 ${names}？`,
  },
  credentials: credentialsZh,
  exitCodes: {
    0: 'status、result：已查询所有任务（使用 --exit-status 时：均已成功）；watch：条件已满足',
    1: '有任务执行失败，或 --any、--count 的条件已无法满足',
    2: '用法或配置错误',
    3: '凭证缺失、错误或无权限；服务未开通；余额不足',
    4: '服务或网络异常，未获得有效响应，任务状态未知',
    5: '任务不存在',
    8: 'status --exit-status、result：尚未完成',
    70: 'mmai 内部错误（bug）',
    74: '输出写入失败（例如磁盘已满）',
    124: 'watch：等待超时，条件尚未满足（--timeout-exit-code 可修改该退出码）',
    129: '终端断开（SIGHUP）',
    130: '被 Ctrl-C 中断（SIGINT）',
    141: '标准输出已被关闭',
    143: '被终止（SIGTERM）',
  },
  plainHttp: (origin) => `${origin} 未加密：请求可能被窃听和重放`,
  alwaysVerified: (variable) => `${variable}=0 对 mmai 不生效：mmai 始终校验证书`,
  clockOff: (offset, isAhead) => `本机时钟比服务端${isAhead ? '快' : '慢'} ${offset}，本次运行已自动修正`,
  checking: (done, total, elapsed, retries) =>
    [
      total === 1 ? '正在查询' : `已查询 ${done}/${total}`,
      elapsed,
      ...(retries > 0 ? [`已重试 ${retries} 次`] : []),
    ].join(' · '),
  unknownStatus: (id, status) => `任务 ${id} 的状态为 ${status}，当前版本的 mmai 无法识别，按未完成处理`,
  sandbox: {
    badStep: (step, faults) =>
      `脚本步骤“${step}”无效，应为状态（0、1、2、3 或任意整数；3(Download fail) 表示以该原因失败），或 ${faults.join('、')} 之一（throttle 和 slow 可带时长，如 slow(2s)），后面可加 xN（重复 N 次请求）或 :30s（持续时间）`,
    twoScripts: (task) =>
      task ? `任务 ${task} 有两个脚本` : '有两个未指定任务的脚本：如需为单个任务指定脚本，请写成 123=0,1,2',
    badRate: (value) => `--fault-rate：“${value}”无效，应为 0～1 的数`,
    cannotListen: (port, why) => `无法监听 127.0.0.1${port ? `:${port}` : ''}：${fileProblem(why)}`,
    noDashes: (word) => `意外的参数“${word}”：如需运行命令，请在命令前加上“--”`,
    notStarted: (name, code) => (code === 'ENOENT' ? `${name}：未找到该命令` : `${name}：无法执行（${code}）`),
    leftOut: (lines) => `标准错误未被读取，已省略的请求：${lines} 个`,
    listening: (url) => `模拟服务已启动：${url}（按 Ctrl-C 停止）`,
  },
  config: configZh,
  watch: watchZh,
  outputFailed: (code) => `标准输出写入失败：${fileProblem(code)}`,
  bug: (message) => `mmai 内部错误：${message}`,
  bugHint: '请加上 --debug 重新运行，并将输出反馈给我们',
  aside: (text) => `（${text}）`,
  tasks: (ids, total) => `任务 ${ids.join('、')}${total > ids.length ? ` 等 ${total} 个` : ''}`,
  counted: (n, word) => spaced`${n} 个${word}`,
  taskCounts: (total, counts) => `共 ${total} 个任务：${counts.join('，')}`,
  serverDelay: (time) => `服务端要求等待 ${time}，自动重试不会等这么久；请 ${time} 后再试`,
  andMore: (n) => `另有 ${n} 个`,
  labelled: (label, text) => `${label}：${text}`,
  joined: (sentences) => sentences.join('；'),
  listed: (words) => words.join('、'),
  dryRun: {
    curl: '用 curl 和 openssl 签名并发送请求；AccessKey 取自环境变量。',
    alwaysJson: 'pop-core 始终请求 JSON 格式。',
  },
  requestId: '请求 ID：',
};
