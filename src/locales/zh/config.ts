import type { Messages } from '../en/messages.ts';
import { fileProblem } from './files.ts';

/** `mmai config` 及其配置文件的语句。 */
export const configZh: Messages['config'] = {
  unreadable: (path, code) => `无法读取配置文件 ${path}：${fileProblem(code)}`,
  skipped: (path, code) => `无法读取配置文件 ${path}：${fileProblem(code)}；将不使用该文件`,
  openToOthers: (path) => `其他用户可以读取 ${path} 中的敏感信息；请运行：chmod 600 ${path}`,
  unwritable: (path, code) => `无法写入配置文件 ${path}：${fileProblem(code)}`,
  mountHint: () => '该文件是单独挂载的，无法被替换；请改为挂载其所在目录',
  malformed: (path) => `${path} 不是有效的 mmai 配置文件，未作任何改动`,
  malformedHint: () => '请修复或移走该文件，然后运行 "mmai config init"',
  locked: (path, waitedMs) =>
    `另一个 mmai 进程正在写入配置（锁 ${path}，已等待 ${Math.round(waitedMs / 1000)} 秒），请稍后重试`,
  stopped: () => '已停止；没有保存任何内容',
  initNeedsTerminal: () => 'config init 需要在终端中回答问题；在脚本中请用 "mmai config set 键 值"',
  askId: () => 'AccessKey ID',
  askSecret: () => 'AccessKey Secret（不显示）',
  askRegion: () => '默认地域',
  stored: (profile, path) => `配置档“${profile}”已保存到 ${path}；可以试试：mmai status 任务ID`,
  emptyValue: (key) => `${key}：值为空；要删除请用 "mmai config unset ${key}"`,
  unknownKey: (key, known) => `没有名为“${key}”的设置；可用的设置：${known.join('、')}`,
  origin: ({ from, name }) => (from === 'default' ? '默认值' : from === 'profile' ? '配置档' : name),
  obtained: () => '（使用时获取）',
  notWritten: (key, where) => `${key} 在使用时从 ${where} 获取`,
  notSet: (key) => `${key} 未设置`,
  noAliyun: (path) => `没有可导入的 aliyun-cli 文件 ${path}`,
  outcomes: {
    imported: () => '已导入',
    kept: () => 'mmai 中已有，未改动；加 --force 可替换密钥',
    elsewhere: (name) => `未复制；设置 ALIBABA_CLOUD_PROFILE=${name} 后 mmai 直接读取 aliyun-cli 的文件`,
    empty: () => '未复制；没有完整的密钥',
    badName: () => '未复制；mmai 的配置档名只能包含字母、数字和 . _ @ -',
    unknown: () => '未复制；mmai 不认识它的模式',
  },
  secretInArguments: (key) => `${key} 已保存，但写在参数里会被其他用户看到并留在命令历史中；下次请不要把值写在命令行上`,
};
