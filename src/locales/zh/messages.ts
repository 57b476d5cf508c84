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
  usage: {
    badTaskId: (value) => `“${value}”不是有效的任务 ID，应为 1～9223372036854775807 的整数`,
    taskIdsApart: () => '多个任务 ID 以空格分隔，各为一个参数；通过标准输入传入时每行一个',
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
    inputTooLong: () => '标准输入超过 1 MiB',
    readingInput: () => '命令行未指定任务 ID，正在从标准输入读取',
    noTaskIds: () => '未指定任务 ID：请至少指定一个，或通过标准输入传入（每行一个）',
    noRecentTask: (word) => `${word}：本机没有最近查询过的任务，请指定任务 ID`,
    chooseTask: () => '请选择任务',
    stoppedReading: () => '任务 ID 尚未读完即被中断，未发送任何请求',
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
    queryQuotes: () => `字符串请用单引号括起来：tasks[?state=='failed'].id`,
    badProfileName: (value) =>
      `“${value}”不是有效的配置名称，只能包含字母、数字和 . _ @ -，以字母、数字或 _ 开头，最多 64 个字符`,
    unreadableFile: (what, path, code) => `${what}：无法读取 ${path}：${fileProblem(code)}`,
    relativeDirectory: (variable, path) => `${variable}：“${path}”是相对路径，应为绝对路径`,
    noCertificates: (what, path) => `${what}：${path} 中没有有效的 PEM 证书`,
    badProxy: (variable) =>
      `${variable} 不是有效的代理地址，应为 http(s)://[USER:PASSWORD@]HOST:PORT（不支持 socks5 等其他协议）`,
    badProxyHint: () => '密码中的特殊字符需进行 URL 编码：@ 写作 %40，# 写作 %23，/ 写作 %2F',
  },
  parser: {
    formatOfResponse: () => '--format 指定服务的返回格式；如需输出 JSON，请使用 -o json',
    unknownOption: (flag) => `未知选项：${flag}`,
    unknownCommand: (name) => `未知命令：${name}`,
    missingArgument: (name) => `缺少参数：${name}`,
    noValue: (flag) => `选项 ${flag} 不接受取值`,
    missingValue: (flags) => `选项 ${flags} 缺少取值`,
    excessArguments: (expected, given) => `参数过多：最多 ${expected} 个，实际 ${given} 个`,
    helpCommands: (command) => `运行 "${command} --help" 查看所有${command === 'mmai' ? '' : '子'}命令`,
    helpOptions: (command) => `运行 "${command} --help" 查看所有选项`,
    exitStatus: () => 'watch 无需此选项：其退出码始终反映任务结果',
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
    listening: (url) => `模拟服务已启动：${url}（按 Ctrl-C 停止）`,
  },
  config: configZh,
  watch: {
    noEffect: (one, other) => `${one} 需要与 ${other} 一起使用`,
    shortMaxInterval: (maxInterval, interval) => `${maxInterval} 不能小于 1s；如需更短的查询间隔，请使用 ${interval}`,
    shortHeartbeat: (heartbeat) => `${heartbeat} 不能小于 1s`,
    countAboveTasks: (what, _, tasks) => `只有 ${tasks} 个任务，${what} 不能大于 ${tasks}`,
    intervalAboveTimeout: (interval, timeout) => `${interval} 不能大于 ${timeout}`,
    retry: (id, code, delay) => `${id} ${code}，${delay} 后重试`,
    heartbeat: (states, done, total, next) => `仍在等待：${states.join('，')}；已结束 ${done}/${total}；${next}`,
    progress: (done, total) => `${done}/${total} 已结束`,
    elapsed: (elapsed, limit) => (limit ? `已等待 ${elapsed}/${limit}` : `已等待 ${elapsed}`),
    keys: () => '按 r 立即查询',
    unseen: '尚未查询',
    noInterval: (what) => `${what}：请指定时长或 auto`,
    noCommand: () => '--exec：请指定命令',
    noTerminal: () => '--progress tty：标准错误输出不是终端',
    hookEnds: {
      exited: (id, exitCode) => `任务 ${id} 的 --exec 命令退出码为 ${exitCode}`,
      notStarted: (id, code) => `任务 ${id} 的 --exec 命令无法启动（${code}）`,
      killed: (id) => `任务 ${id} 的 --exec 命令被信号终止`,
      timeout: (id, limit) => `任务 ${id} 的 --exec 命令在 ${limit} 内未执行完（--exec-timeout），已被终止`,
    },
    waitingForHooks: (ids, more) =>
      `正在等待任务 ${ids.join('、')} ${more > 0 ? `等 ${ids.length + more} 个任务` : ''}的 --exec 命令执行完`,
    moreFailed: (n) => `另有 ${n} 个任务未成功`,
    notAFile: () => '--junit：请指定文件路径，标准输出仅用于输出结果，标准错误仅用于输出消息',
    annotation: (id) => `mmai 任务 ${id}`,
    columns: ['任务', '结果', '请求 ID'],
    unwritable: (path, code) => `无法写入 ${path}：${fileProblem(code)}`,
    nextCheck: (delay) => (delay ? `${delay} 后再次查询` : '正在查询'),
    wake: (span) => `系统休眠或进程暂停 ${span}，立即查询所有任务`,
    ends: {
      notFound: '不存在',
      unanswered: '未获得有效响应',
      queueTimeout: '超过 --queue-timeout 仍处于“提交中”',
      stallTimeout: '状态超过 --stall-timeout 未变化',
    },
    whys: {
      met: '已完成',
      ended: '所有任务均已结束',
      leftQueue: '所有任务均已开始执行或已结束',
      givenUp: '已放弃等待',
      failFast: '有任务未成功，提前结束',
      outOfReach: '条件已无法满足',
      denied: '请求被拒绝（凭证或权限）',
      deadline: '等待超时',
      interrupted: '已中断',
      error: '因错误终止',
    },
    outcomes: {
      succeeded: '成功',
      failed: '失败',
      running: '执行中',
      notChecked: '未查询',
      pending: '尚未结束',
      notFound: '不存在',
      unanswered: '状态未知',
    },
    verdict: (why, elapsed, counts) => `${why}，用时 ${elapsed}：${counts.join('，')}`,
    goesOn: '未结束的任务仍在服务端执行。',
    resume: '如需继续等待，请运行：',
    resumeSame: () => '如需继续等待，请再次运行同一命令',
    resumeLonger: () => '如需查询全部任务，请调大 --timeout 或 --max-rps 后再次运行同一命令',
    tooFew: (tasks) => `有 ${tasks} 个任务来不及查询：请调大 --timeout 或 --max-rps`,
    thenEvery: (gap) => `之后每 ${gap} 一次`,
    plan: (polls, tasks, within, lag) => `共 ${tasks} 个任务，${within} 内各查询 ${polls} 次；结束后最多 ${lag} 可感知`,
    planAtMost: (polls, tasks, within, lag) =>
      `共 ${tasks} 个任务，${within} 内最多查询 ${polls} 次；结束后最多 ${lag} 可感知`,
  },
  outputFailed: (code) => `标准输出写入失败：${fileProblem(code)}`,
  bug: (message) => `mmai 内部错误：${message}`,
  bugHint: () => '请加上 --debug 重新运行，并将输出反馈给我们',
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
    curl: () => '用 curl 和 openssl 签名并发送请求；AccessKey 取自环境变量。',
    alwaysJson: () => 'pop-core 始终请求 JSON 格式。',
  },
  requestId: '请求 ID：',
};
