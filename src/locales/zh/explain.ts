import type { explainEn } from '../en/explain.ts';

/** `mmai explain` 的文字；错误码的解释见 `codesZh`。 */
export const explainZh: typeof explainEn = {
  kinds: { status: '任务状态', exitCode: '退出码', errorCode: '错误码' },
  groups: { statuses: '任务状态', exitCodes: '退出码', errorCodes: '错误码' },
  retried: 'mmai 是否重试：',
  countsAs: '按此处理：',
  exitsWith: '退出码：',
  retries: {
    backoff: '是，间隔逐次加长：status 最多 --retries 次，watch 在 --error-budget 之内',
    once: '是，校正时钟、随机数或凭证后立即重试一次；watch 在 --error-budget 之内继续重试',
    throttle: '是，逐次放慢：status 最多 --retries 次，watch 直到时限',
    notFound: 'status 不重试；watch 在 --not-found-grace 之内重试',
    never: '否，再试也会被拒绝',
  },
  statuses: {
    submitting: { meaning: '任务已提交，尚未开始执行', hint: '用 "mmai watch ID" 等待' },
    running: { meaning: '任务正在执行', hint: '用 "mmai watch ID" 等待' },
    succeeded: { meaning: '任务执行成功', hint: '无需处理；最终状态不会再变' },
    failed: {
      meaning: '任务执行失败；GetTaskStatus 不说明原因',
      hint: '请检查提交该任务的请求，然后重新提交：这个任务不会继续执行',
    },
    unknown: {
      meaning: '文档中没有的状态；按未完成处理。若同时有错误：没有得知状态',
      hint: '请查看是否有新版 mmai；"mmai status ID --raw" 显示服务的原始应答',
    },
  },
  exitHints: {
    0: '使用 "status --exit-status" 时含义更强：所有任务都已成功',
    1: '各行输出和 json 文档说明是哪一个任务',
    2: '请更正错误信息中指出的命令行、变量或设置',
    3: '错误信息中有错误码；"mmai config list --show-origin" 说明使用的是哪个 AccessKey',
    4: '请稍后重试，或增大 --retries，watch 则可增大 --error-budget；--debug 会显示每一步',
    5: '请核对任务 ID，并使用提交任务时的 --region 和 --profile',
    8: '请稍后再查询，或用 "mmai watch" 等待',
    70: '请加上 --debug 重新运行，并反馈其输出',
    74: '已写入的内容不完整：请释放磁盘空间（ENOSPC、EDQUOT）或提高文件大小限制（EFBIG），然后重新运行',
    124: '未结束的任务仍在服务端继续执行：运行提示的命令继续等待，或增大 --timeout',
    129: '终端或连接已关闭：请重新运行，例如在 tmux 或 setsid 中',
    130: '未结束的任务仍在服务端继续执行：运行提示的命令继续等待',
    141: '读取输出的程序先结束了，例如 "head"；通常没有问题',
    143: '有人或其他程序要求 mmai 结束：请检查作业的时限',
  },
  unknownTopic: (topic) => `没有关于“${topic}”的说明`,
  unknownTopicHint: (nearest) =>
    nearest === undefined ? '"mmai explain" 列出全部主题' : `是否要运行 "mmai explain ${nearest}"？`,
  more: (topic) => `详情：mmai explain ${topic}`,
};
