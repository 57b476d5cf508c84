import type { Messages } from './en.ts';
import { codesZh } from './zh-codes.ts';
import { helpZh } from './zh-help.ts';

/** 面向用户的全部中文语句。 */
export const zh: Messages = {
  help: helpZh,
  codes: codesZh,
  error: '错误',
  warning: '警告',
  hint: '建议',
  states: { submitting: '提交中', running: '执行中', succeeded: '执行成功', failed: '执行失败', unknown: '未知' },
  usage: {
    badTaskId: (value) => `“${value}”不是任务 ID：请输入 1 到 9223372036854775807 之间的十进制整数`,
    badTaskIdOnLine: (line, value) =>
      `标准输入第 ${line} 行：“${value}”不是任务 ID：请输入 1 到 9223372036854775807 之间的十进制整数`,
    noTaskIds: () => '没有给出任务 ID：请至少写一个，或通过标准输入每行传入一个',
    badDuration: (what, value) =>
      `${what}：“${value}”不是时长：请写成 90、90s、10m、1h30m 或 500ms（最长 24 天），或 none`,
    badChoice: (what, value, allowed) => `${what}：“${value}”不在可选值之列：${allowed}`,
    badNumber: (what, value, min, max) => `${what}：“${value}”不是 ${min} 到 ${max} 之间的整数`,
    badRegion: (value) => `“${value}”不是地域：只能包含小写字母、数字和“-”，例如 cn-beijing`,
    badEndpoint: (value) => `接入地址“${value}”无效：应为主机名或 http(s)://主机[:端口]，不带路径、参数和密码`,
    badQuery: (expression, why) => `--query：“${expression}”不是有效的 JMESPath 表达式：${why}`,
    badProfileName: (value) =>
      `“${value}”不是有效的配置档名：只能包含字母、数字和 . _ @ -，最长 64 个字符，以字母或数字开头`,
    unreadableFile: (what, path, why) => `${what}：无法读取 ${path}：${why}`,
    noCertificates: (path) => `--ca-file：${path} 中没有 PEM 证书`,
  },
  credentials: {
    none: (tried) => `没有找到访问凭证；已依次尝试：${tried}`,
    noneHint: () =>
      '有三种方式提供凭证：运行 "mmai config init"；或设置环境变量 ALIBABA_CLOUD_ACCESS_KEY_ID 和 ALIBABA_CLOUD_ACCESS_KEY_SECRET；或用 --profile 指定配置档。没有账号时可加 --simulate 0,1,2 试用',
    halfConfigured: (where, missing) => `${where}只配置了一半：缺少 ${missing}`,
    noSuchProfile: (name, known) => `没有名为“${name}”的配置档；已有配置档：${known}`,
    noSuchProfileHint: () => '用 "mmai config init --profile 名称" 创建，或用 "mmai config profiles" 查看',
    fromEnvironment: () => '环境变量 ALIBABA_CLOUD_ACCESS_KEY_ID 和 ALIBABA_CLOUD_ACCESS_KEY_SECRET',
    fromProfile: (name) => `配置档“${name}”`,
    fromNamedProfile: (name) => `配置档“${name}”（明确指定）`,
  },
  exitCodes: {
    0: '成功：status 已得到每个任务的状态；watch 的条件已满足',
    1: '有任务执行失败',
    2: '用法或配置错误；没有发送任何请求',
    3: '凭证缺失、错误或无权限；服务未开通；余额不足',
    4: '服务或网络没有给出有效应答：状态未知',
    5: '任务不存在',
    8: 'status --exit-status：尚未完成',
    70: 'mmai 自身的缺陷',
    124: 'watch：到达时限，仍有任务在执行',
    129: '因挂断而停止（SIGHUP）',
    130: '因 Ctrl-C 而停止（SIGINT）',
    141: '标准输出已被关闭',
    143: '因 SIGTERM 而停止',
  },
  plainHttp: (origin) => `${origin} 未加密：请求可能被窃听和重放`,
  unknownStatus: (id, status) => `任务 ${id} 的状态为 ${status}，当前版本的 mmai 不认识；按未完成处理`,
  sandbox: {
    badStep: (step) =>
      `脚本步骤“${step}”无效：请写状态（0、1、2、3 或任意整数），或 500、throttle、throttle(2s)、404、reset、hang、garbage、html、expired、forbidden、slow(2s) 之一，后面可加 xN（N 次查询）或 :30s（持续时间）`,
    badRate: (value) => `--fault-rate：“${value}”不是 0 到 1 之间的数`,
    portTaken: (port, why) => `--port：无法监听 ${port}：${why}`,
    listening: (url) => `模拟服务已在 ${url} 监听；按 Ctrl-C 停止`,
  },
  config: {
    unreadable: (path, why) => `无法读取配置文件 ${path}：${why}`,
    unwritable: (path, why) => `无法写入配置文件 ${path}：${why}`,
    torn: (path) => `配置文件 ${path} 不是 mmai 写入的格式；文件未被改动`,
    tornHint: () => '请修复或移走该文件，然后运行 "mmai config init"',
    locked: (path, why) => `另一个 mmai 正持有锁 ${path}（${why}）；请重试`,
    stopped: () => '已停止；没有保存任何内容',
    initNeedsTerminal: () => 'config init 需要在终端中回答问题；在脚本中请用 "mmai config set 键 值"',
    askId: () => 'AccessKey ID',
    askSecret: () => 'AccessKey Secret（不显示）',
    askRegion: () => '默认地域',
    stored: (profile, path) => `配置档“${profile}”已保存到 ${path}；可以试试：mmai status 任务ID`,
    emptyValue: (key) => `${key}：值为空；要删除请用 "mmai config unset ${key}"`,
    unknownKey: (key, known) => `没有名为“${key}”的设置；可用的设置：${known}`,
    notSet: (key) => `${key} 未设置`,
    secretInArguments: (key) =>
      `${key} 已保存，但写在参数里会被其他用户看到并留在命令历史中；下次请不要把值写在命令行上`,
  },
  watch: {
    conflict: (one, other) => `${one} 与 ${other} 不能同时使用`,
    intervalAboveTimeout: () => '--interval 比 --timeout 还长',
    retry: (id, code, delay) => `${id} ${code}，${delay} 后重试`,
    heartbeat: (pending, done, next) => `${pending} 个执行中，${done} 个已结束；${next} 后再次查询`,
    wake: (jump) => `时钟跳变了 ${jump}；立即查询所有任务`,
    ends: {
      notFound: '不存在',
      unanswered: '无法继续查询',
      queueTimeout: '到达排队时限仍在提交中',
      stallTimeout: '到达停滞时限仍无变化',
    },
    whys: {
      met: '已完成',
      ended: '所有任务都已结束',
      failFast: '遇到第一个未成功的任务，已停止',
      denied: '被拒绝',
      deadline: '到达时限',
      interrupted: '已停止',
    },
    verdict: (why, counts, elapsed) =>
      `${why}，用时 ${elapsed}：${counts.succeeded} 个成功，${counts.failed} 个失败，${counts.pending} 个仍在执行，${counts.notFound} 个不存在，${counts.unanswered} 个未知`,
    resume: (command) => `任务仍在服务端继续执行；继续等待：${command}`,
    plan: (polls, tasks, within, lag) => `${tasks} 个任务在 ${within} 内各查询 ${polls} 次；最多晚 ${lag} 得知结束`,
  },
  bug: (message) => `这是 mmai 的缺陷：${message}`,
  bugHint: () => '请加上 --debug 重新运行以查看详情，并向我们反馈',
  tasks: (ids) => `任务 ${ids}`,
  requestId: '请求 ID',
};
