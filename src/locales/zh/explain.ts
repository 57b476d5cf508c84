import type { explainEn } from '../en/explain.ts';

/** `mmai explain` 的文字；错误码的解释见 `codesZh`。 */
export const explainZh: typeof explainEn = {
  kinds: { status: '任务状态', exitCode: '退出码', errorCode: '错误码', guide: '指南' },
  groups: { status: '任务状态', exitCode: '退出码', errorCode: '错误码', guide: '指南' },
  retried: 'mmai 是否重试：',
  countsAs: '视同：',
  exitsWith: '退出码：',
  retries: {
    backoff: '是，间隔逐次加长，最多重试 --retries 次；watch 在 --error-budget 内持续重试',
    once: '是，修正时钟或随机数后立即重试一次，之后间隔逐次加长，最多重试 --retries 次；watch 在 --error-budget 内持续重试',
    throttle: '是，间隔逐次加长，最多重试 --retries 次；watch 持续重试，直到等待超时（退出码 124）',
    notFound: '否；watch 在 --not-found-grace 内重试',
    auth: '重新查找凭证，如得到另一个 AccessKey，则立即重试一次',
    ifSeen: '否；watch 在查到过任务状态后，会在 --error-budget 内重试',
    never: '否，重试仍会失败',
  },
  statuses: {
    submitting: { meaning: '任务已提交，尚未开始执行', hint: '用 "mmai watch ID" 等待' },
    running: { meaning: '任务正在执行', hint: '用 "mmai watch ID" 等待' },
    succeeded: { meaning: '任务执行成功', hint: '用 "mmai result ID" 获取结果地址；最终状态不会再变化' },
    failed: {
      meaning: '任务执行失败',
      hint: '用 "mmai result ID" 查看失败原因，修正后重新提交：该任务不会继续执行',
    },
    unknown: {
      meaning: '文档未列出的状态，按未完成处理；如同时返回错误，表示未能获取状态',
      hint: '请检查 mmai 是否有新版本；"mmai status ID --raw" 可显示服务的原始返回内容；失败原因后的数字（如 Download fail (1000)）不是状态，"mmai result ID" 可显示服务给出的全部说明',
    },
  },
  guides: {
    agents: {
      meaning:
        '智能体（agent）或步骤时长受限的作业可分段等待："mmai watch ID --timeout 50s --json" 在 50 秒内结束；如仍有任务未结束且没有任务失败，退出码为 124',
      hint: '退出码为 124 时，运行 summary.resume 中的命令（标准错误输出中也会给出），再判断退出码；其他退出码即为最终结果',
    },
  },
  exitHints: {
    0: '如需了解任务是否成功，请使用 "status --exit-status" 或 "watch"',
    1: '输出中列出了失败的任务；"mmai result ID" 可查看原因',
    2: '请更正错误信息中指出的命令行参数、环境变量或设置项；除 --query 不适用于结果的情况外，未发送任何请求',
    3: '错误信息中包含错误码；"mmai config list --show-origin" 可查看使用的是哪个 AccessKey',
    4: '请稍后重试，或调大 --retries，watch 可调大 --error-budget；--debug 可查看每一步',
    5: '请核对任务 ID，并使用提交任务时的 --region 和 --profile',
    8: '请稍后再查询，或用 "mmai watch" 等待',
    70: '请加上 --debug 重新运行，并反馈其输出',
    74: '已写入的内容不完整：请释放磁盘空间（ENOSPC、EDQUOT）或调大文件大小限制（EFBIG），然后重新运行',
    124: '未结束的任务仍在服务端执行：运行提示的命令可继续等待，或调大 --timeout',
    129: '终端或连接已断开：请重新运行，建议在 tmux 中运行',
    130: '未结束的任务仍在服务端执行：运行提示的命令可继续等待',
    141: '读取输出的程序（如 "head"）先退出了，通常无需处理',
    143: 'mmai 被外部终止：请检查作业的超时时间',
  },
  unknownTopic: (topic) => `未知主题：${topic}`,
  unknownTopicHint: (nearest) =>
    nearest === undefined ? '运行 "mmai explain" 查看所有主题' : `您是否想运行 "mmai explain ${nearest}"？`,
  more: (topic) => `详情：mmai explain ${topic}`,
};
