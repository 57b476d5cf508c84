import type { helpEn } from './en-help.ts';

/** 帮助文本：命令与选项的说明。 */
export const helpZh: typeof helpEn = {
  program: '查询并等待阿里云 MultimediaAI 任务：是否完成，结果如何？',
  version: '显示版本号',
  help: '显示帮助',
  helpCommand: '显示某个命令的帮助',
  after: (exitCodes: string) => `退出码：\n${exitCodes}\n\n没有账号也可以试用：mmai status 123 --simulate 0,1,2`,
  commands: {
    status: '查询每个任务一次',
    watch: '轮询直到所有任务结束；结果体现在退出码中',
    config: '按配置档管理 AccessKey、地域和其他设置',
    sandbox: '在本机启动一个模拟服务，用于试用和测试脚本',
  },
  arguments: {
    taskId: '任务 ID；写“-”，或不写而用管道输入时，从标准输入读取，每行一个',
  },
  flags: {
    profile: '使用该配置档（或 MMAI_PROFILE）',
    region: '服务所在地域（默认 cn-beijing）',
    endpoint: '主机名或 http(s)://主机[:端口]，代替地域对应的接入地址',
    format: '请求的返回格式（默认 json）',
    signature: '签名方式（默认 v1）',
    method: 'HTTP 方法（默认 get）',
    requestTimeout: '单次请求的时限（默认 10s）',
    retries: '遇到临时故障时每个请求的重试次数（默认 3）',
    caFile: '额外信任的 CA 证书 PEM 文件',
    output: 'text、json 或 tsv；status 还支持 raw（默认 text）',
    json: '等同于 --output json',
    query: '对 json 结果求值的 JMESPath 表达式',
    quiet: '标准错误不输出任何内容',
    lang: '语言（或 MMAI_LANG）',
    color: 'auto、always 或 never',
    debug: '在标准错误中说明每一步决定（或 MMAI_DEBUG）',
    dryRun: '只显示将要发送的内容而不发送；形式：request、curl 或 node',
    simulate: '对命令内置的模拟服务运行，例如 0x2,1x3,2',
    raw: '逐字节输出服务返回的内容（等同于 --output raw）',
    exitStatus: '用退出码 0、1、8 表示成功、失败、尚未完成',
    timeout: '所有任务共用的时限；none 表示不限',
    interval: '同一任务两次查询的间隔；auto 为已等待时间的平方根',
    maxInterval: 'auto 时的最长间隔',
    all: '直到所有任务结束（默认）',
    any: '直到有一个任务成功',
    count: '直到有这么多任务成功',
    failFast: '遇到第一个未成功的任务就停止',
    errorBudget: '同一任务连续临时故障的最长容忍时间',
    notFoundGrace: '任务不存在时继续查询的时间',
    queueTimeout: '任务停留在提交中超过该时间则放弃',
    stallTimeout: '任务状态超过该时间没有变化则放弃',
    maxRps: '所有任务合计的每秒请求数',
    timeoutExitCode: '到达时限时的退出码',
    heartbeat: '多久报告一次仍在等待',
    progress: 'auto：在终端中绘制，否则逐行输出；也可为 tty、plain 或 none',
    exec: '任务结束时运行此 shell 命令；环境变量含 MMAI_TASK_ID、MMAI_STATE 等，标准输入为该事件',
    annotations: 'GitHub Actions 的标注、步骤摘要与输出；auto 自动检测',
    junit: '把 JUnit 报告写入此文件',
    notify: '结束时响铃，并在终端支持时发出通知',
    port: '监听端口；0 表示任选空闲端口',
    script: '任务的状态脚本，例如 0x2,1x3,2 或 123=0,2;456=1,3',
    latency: '每次应答的耗时',
    faultRate: '用随机故障代替正常应答的比例，0 到 1',
    reveal: '显示机密内容而不遮盖',
    showOrigin: '说明每个值的来源',
    listJson: '输出一个 JSON 文档',
  },
  config: {
    init: '询问 AccessKey 和地域并保存',
    set: '保存一项设置；机密内容不写值时会询问，或从标准输入读取',
    get: '显示生效的值',
    list: '显示所有生效的值',
    unset: '删除一项设置',
    path: '显示配置文件的位置',
    use: '切换当前配置档',
    profiles: '列出配置档，并标出当前的',
  },
  keys: (keys: string) => `设置项：${keys}`,
  statusExamples: `示例：
  mmai status 10051344
  mmai status 10051344 400010 --json
  mmai status 10051344 --query 'tasks[0].state'
  until mmai status 10051344 --exit-status -q || [ $? -ne 8 ]; do sleep 5; done
  mmai status 10051344 --dry-run=curl`,
  sandboxExamples: `示例（在两个终端中）：
  mmai sandbox --port 8080 --script 0x2,1x3,2
  MMAI_ENDPOINT=http://127.0.0.1:8080 ALIBABA_CLOUD_ACCESS_KEY_ID=sandbox-key \\
    ALIBABA_CLOUD_ACCESS_KEY_SECRET=sandbox-secret mmai status 123`,
};
