import type { Messages } from '../en/messages.ts';
import { checkZh } from './check.ts';
import { codesZh } from './codes.ts';
import { configZh } from './config.ts';
import { credentialsZh } from './credentials.ts';
import { explainZh } from './explain.ts';
import { fileProblem } from './files.ts';
import { helpZh } from './help.ts';
import { networkZh } from './network.ts';

/** 面向用户的全部中文语句。 */
export const zh: Messages = {
  help: helpZh,
  codes: codesZh,
  explain: explainZh,
  check: checkZh,
  network: networkZh,
  error: '错误：',
  warning: '警告：',
  hint: '建议：',
  states: { submitting: '提交中', running: '执行中', succeeded: '执行成功', failed: '执行失败', unknown: '未知' },
  glyphs: {
    ...{ submitting: '○', running: '●', succeeded: '✔', failed: '✖', unknown: '?', unseen: '·' },
    ...{ arrow: '→', separator: '·', ellipsis: '…' },
    spinner: 'dots' as 'dots' | 'line',
  },
  noState: '出错',
  usage: {
    badTaskId: (value) => `“${value}”不是任务 ID：请输入 1 到 9223372036854775807 之间的十进制整数`,
    badTaskIdOnLine: (line, value) =>
      `标准输入第 ${line} 行：“${value}”不是任务 ID：请输入 1 到 9223372036854775807 之间的十进制整数`,
    noIdInObject: (line, places) =>
      `标准输入第 ${line} 行：该 JSON 对象中没有任务 ID（查找的字段：${places.join('、')}）`,
    badJsonOnLine: (line, text) =>
      `标准输入第 ${line} 行：${text === '' ? 'JSON 不完整' : `“${text}”处不是有效的 JSON`}`,
    tooManyIds: (limit) => `标准输入中的任务 ID 超过 ${limit} 个`,
    inputTimeout: (count, limit) =>
      count === 0
        ? `没有任务 ID：${limit} 内未从标准输入收到任何任务 ID`
        : `标准输入在 ${limit} 内没有结束；已读取 ${count} 个任务 ID，未发送任何请求`,
    unreadableInput: (code) => `无法读取标准输入：${code}`,
    inputTooLong: () => '标准输入超过 1 MiB',
    readingInput: () => '命令行中没有任务 ID，正在从标准输入读取',
    noTaskIds: () => '没有给出任务 ID：请至少写一个，或通过标准输入每行传入一个',
    noRecentTask: (word: string) => `${word}：本机没有最近查询过的任务，请指定任务 ID`,
    chooseTask: () => '请选择任务',
    stoppedReading: () => '在读完任务 ID 之前已停止；没有发送任何请求',
    badDuration: (what, value) => `${what}：“${value}”不是时长：请写成 90、90s、10m、1h30m 或 500ms（最长 24 天）`,
    badChoice: (what, value, allowed) => `${what}：“${value}”不在可选值之列：${allowed.join('、')}`,
    badNumber: (what, value, min, max) => `${what}：“${value}”不是 ${min} 到 ${max} 之间的整数`,
    badRegion: (what, value) =>
      `${what}：“${value}”不是有效的地域 ID，只能包含小写字母、数字和短划线（-），例如 cn-beijing`,
    badEndpoint: (what, value) =>
      `${what}：“${value}”不是有效的接入点，应为主机名或 http(s)://主机[:端口]，不带路径、参数和密码`,
    badQuery: (expression, why) => `--query：“${expression}”不是有效的 JMESPath 表达式：${why}`,
    queryQuotes: () => `文本要写在单引号中：tasks[?state=='failed'].id`,
    badProfileName: (value) =>
      `“${value}”不是有效的配置档名：只能包含字母、数字和 . _ @ -，最长 64 个字符，以字母或数字开头`,
    unreadableFile: (what, path, code) => `${what}：无法读取 ${path}：${fileProblem(code)}`,
    relativeDirectory: (variable, path) => `${variable}：“${path}”是相对路径，应为绝对路径`,
    noCertificates: (path) => `--ca-file：${path} 中没有可读取的 PEM 证书`,
    badProxy: (variable) =>
      `${variable} 不是代理地址：请写成 http://主机:端口 或 https://主机:端口，需要时在主机前加“用户名:密码@”（不支持 socks5 等其他协议）`,
    badProxyHint: () => '密码中的特殊字符请用百分号编码：@ 写作 %40，# 写作 %23，/ 写作 %2F',
  },
  parser: {
    unknownOption: (flag) => `没有选项“${flag}”`,
    unknownCommand: (name) => `没有命令“${name}”`,
    missingArgument: (name) => `缺少参数 ${name}`,
    missingValue: (flags) => `${flags} 需要一个值`,
    excessArguments: (expected, given) => `最多 ${expected} 个参数，却给出了 ${given} 个`,
    helpCommands: () => '改写为 --help 可列出所有命令',
    helpOptions: () => '加上 --help 可列出所有选项',
    exitStatus: () => 'watch 无需此选项：它的退出码总是反映任务结果',
    suggestion: (names) => `是否要写 ${names}？`,
  },
  credentials: credentialsZh,
  exitCodes: {
    0: '成功：status 已得到每个任务的状态；watch 的条件已满足',
    1: '有任务执行失败',
    2: '用法或配置错误；没有发送任何请求',
    3: '凭证缺失、错误或无权限；服务未开通；余额不足',
    4: '服务或网络没有给出有效应答：状态未知',
    5: '任务不存在',
    8: 'status --exit-status：尚未完成',
    70: 'mmai 自身的缺陷',
    74: '输出无法写入',
    124: 'watch：到达时限，仍有任务在执行',
    129: '因挂断而停止（SIGHUP）',
    130: '因 Ctrl-C 而停止（SIGINT）',
    141: '标准输出已被关闭',
    143: '因 SIGTERM 而停止',
  },
  plainHttp: (origin) => `${origin} 未加密：请求可能被窃听和重放`,
  alwaysVerified: (variable) => `${variable}=0 对 mmai 无效：mmai 始终校验证书`,
  clockOff: (offset, isAhead) => `本机时钟比服务端${isAhead ? '快' : '慢'} ${offset}；mmai 在本次运行中已作修正`,
  checking: (done, total, elapsed, retries) =>
    [
      total === 1 ? '正在查询' : `已查询 ${done}/${total}`,
      elapsed,
      ...(retries > 0 ? [`已重试 ${retries} 次`] : []),
    ].join(' · '),
  unknownStatus: (id, status) => `任务 ${id} 的状态为 ${status}，当前版本的 mmai 不认识；按未完成处理`,
  sandbox: {
    badStep: (step) =>
      `脚本步骤“${step}”无效：请写状态（0、1、2、3 或任意整数；3(Download fail) 表示以该原因失败），或 500、throttle、throttle(2s)、404、reset、hang、garbage、html、expired、forbidden、slow(2s) 之一，后面可加 xN（N 次查询）或 :30s（持续时间）`,
    badRate: (value) => `--fault-rate：“${value}”不是 0 到 1 之间的数`,
    portTaken: (port, why) => `--port：无法监听 ${port}：${why}`,
    listening: (url) => `模拟服务已在 ${url} 监听；按 Ctrl-C 停止`,
  },
  config: configZh,
  watch: {
    conflict: (one, other) => `${one} 与 ${other} 不能同时使用`,
    intervalAboveTimeout: () => '--interval 比 --timeout 还长',
    retry: (id, code, delay) => `${id} ${code}，${delay} 后重试`,
    heartbeat: (states, done, total, next) =>
      `仍在等待：${states.join('，')}；已结束 ${done}/${total}；${next} 后再次查询`,
    progress: (done, total) => `${done}/${total} 已结束`,
    elapsed: (elapsed, limit) => (limit ? `已等待 ${elapsed}，共 ${limit}` : `已等待 ${elapsed}`),
    keys: () => '按 r 立即查询',
    unseen: '尚未查询',
    noInterval: () => '--interval：请给出时长或 auto',
    noCommand: () => '--exec：请给出命令',
    noTerminal: () => '--progress tty：标准错误输出不是终端',
    hookEnds: {
      exited: (id, exitCode) => `任务 ${id} 的 --exec 命令以退出码 ${exitCode} 结束`,
      notStarted: (id, code) => `任务 ${id} 的 --exec 命令无法启动（${code}）`,
      killed: (id) => `任务 ${id} 的 --exec 命令被信号终止`,
      timeout: (id, limit) => `任务 ${id} 的 --exec 命令在 ${limit} 内没有结束（--exec-timeout），已将其终止`,
    },
    waitingForHooks: (ids, more) =>
      `正在等待任务 ${ids.join('、')} ${more > 0 ? `等 ${ids.length + more} 个任务` : ''}的 --exec 命令`,
    moreFailed: (n) => `另有 ${n} 个任务未成功`,
    notAFile: () => '--junit：请指定文件路径；标准输出用于输出结果',
    annotation: (id) => `mmai 任务 ${id}`,
    columns: ['任务', '结果', '请求 ID'],
    unwritable: (path, why) => `无法写入 ${path}：${why}`,
    nextCheck: (delay) => `${delay} 后再次查询`,
    wake: (span) => `系统休眠或进程暂停了 ${span}；立即查询所有任务`,
    ends: {
      notFound: '不存在',
      unanswered: '没有得到有效应答',
      queueTimeout: '超过 --queue-timeout 仍在提交中',
      stallTimeout: '在 --stall-timeout 内状态没有变化',
    },
    whys: {
      met: '已完成',
      ended: '所有任务都已结束',
      givenUp: '没有可以继续等待的任务',
      failFast: '遇到第一个未成功的任务，已停止',
      outOfReach: '条件已无法满足',
      denied: '被拒绝',
      deadline: '到达时限',
      interrupted: '已停止',
      error: '因错误而结束',
    },
    outcomes: {
      succeeded: '成功',
      failed: '失败',
      running: '执行中',
      notChecked: '未查询',
      pending: '尚未结束',
      notFound: '不存在',
      unanswered: '未知',
    },
    verdict: (why, elapsed, counts) => `${why}，用时 ${elapsed}：${counts.join('，')}`,
    resume: (command) => `未结束的任务仍在服务端执行。如需继续等待，请运行：\n  ${command}`,
    resumeSame: () => '未结束的任务仍在服务端执行。如需继续等待，请再次运行同一命令',
    tooFew: (tasks) => `有 ${tasks} 个任务来不及查询：请调高 --timeout 或 --max-rps`,
    plan: (polls, tasks, within, lag) => `${tasks} 个任务在 ${within} 内各查询 ${polls} 次；任务结束后最迟 ${lag} 得知`,
  },
  outputFailed: (code) => `标准输出写入失败：${code}`,
  bug: (message) => `这是 mmai 的缺陷：${message}`,
  bugHint: () => '请加上 --debug 重新运行以查看详情，并向我们反馈',
  tasks: (ids) => `任务 ${ids.join('、')}`,
  counted: (n, word) => `${n} 个${word}`,
  taskCounts: (total, counts) => `共 ${total} 个任务：${counts.join('，')}`,
  andMore: (n) => `另有 ${n} 个`,
  labelled: (label, text) => `${label}：${text}`,
  joined: (sentences) => sentences.join('；'),
  listed: (words) => words.join('、'),
  dryRun: {
    curl: () => '用 curl 和 openssl 签名并发送；密钥取自环境变量。',
    alwaysJson: () => 'SDK 核心总是请求 JSON。',
  },
  requestId: '请求 ID：',
};
