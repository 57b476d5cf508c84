import type { Messages } from '../en/messages.ts';
import { fileProblem } from './files.ts';
import { spaced } from './spacing.ts';

/** `mmai config` 及其配置文件的语句。 */
export const configZh: Messages['config'] = {
  unreadable: (path, code) => `无法读取配置文件 ${path}：${fileProblem(code)}`,
  skipped: (path, code) => `无法读取配置文件 ${path}：${fileProblem(code)}；已忽略该文件`,
  openToOthers: (path) => `其他用户可以读取 ${path} 中的敏感信息，请运行：chmod 600 ${path}`,
  unwritable: (path, code) => `无法写入配置文件 ${path}：${fileProblem(code)}`,
  mountHint: '该文件是单独挂载的，无法替换；请改为挂载其所在目录',
  malformed: (path) => `${path} 不是有效的 mmai 配置文件，未作任何改动`,
  malformedHint: '请修复或移走该文件，然后运行 "mmai config init"',
  locked: (path, waitedMs) =>
    `另一个 mmai 进程正在写入配置（锁 ${path}，已等待 ${Math.round(waitedMs / 1000)} 秒），请稍后重试`,
  waiting: (path) => `另一个 mmai 进程持有锁 ${path}，正在等待`,
  inTheWay: (path) => `${path} 不是运行中的 mmai 进程持有的锁，请将其移走`,
  foreignLink: (path, link) => `无法写入配置文件 ${path}：${link} 是其他用户的链接，且指向不属于该用户的目录`,
  readingInput: '命令行未指定值，正在从标准输入读取',
  inputTimeout: (limit) => `标准输入在 ${limit} 内没有新内容，也未结束；未作任何改动`,
  stopped: '已中断，未作任何改动',
  initNeedsTerminal: 'config init 为交互式命令，需要在终端中运行；脚本中请使用 "mmai config set 键 值"',
  promptsUnseen: '提示信息会写到标准错误，而标准错误不是终端',
  askId: 'AccessKey ID',
  askSecret: 'AccessKey Secret（输入时不显示）',
  askSecretAgain: (masked) => `AccessKey Secret（输入时不显示；直接回车保留 ${masked}）`,
  askRegion: '默认地域',
  answers: { yes: '是', no: '否' },
  askCheck: '是否立即检查配置（mmai config check）？',
  askDelete: (profile) => `是否删除配置“${profile}”及其 AccessKey？`,
  deleteNeedsYes: (profile) => `在非终端环境中删除配置“${profile}”需要加上 --yes`,
  notDeleted: (profile) => `未删除配置“${profile}”`,
  deleted: (profile, path) => `已从 ${path} 中删除配置“${profile}”`,
  nowCurrent: (profile) => `当前配置已切换为“${profile}”`,
  tokenDropped: (profile) => `已删除配置“${profile}”中的安全令牌：它属于原来的 AccessKey`,
  keyFirst: (profile) =>
    `配置“${profile}”中有 AccessKey，将优先于该命令使用；如需使用该命令，请删除 access-key-id 和 access-key-secret（config unset）`,
  badValue: (key) => `${key}：值中含有非法字符`,
  stored: (profile, path) => `配置“${profile}”已保存到 ${path}`,
  emptyValue: (key) => `${key}：值不能为空；如需删除，请运行 "mmai config unset ${key}"`,
  unknownKey: (key, known) => `未知设置项“${key}”，可用的设置项：${known.join('、')}`,
  settingOf: (key, profile) => `配置“${profile}”的 ${key}`,
  origin: ({ from, name }) => (from === 'default' ? '默认值' : from === 'profile' ? `配置“${name}”` : name),
  obtained: '（使用时获取）',
  notWritten: (key, where) => spaced`${key} 在使用时从${where}获取`,
  notSet: (key) => `${key} 未设置`,
  noAliyun: (path) => `未找到 aliyun-cli 配置文件 ${path}，无法导入`,
  outcomes: {
    imported: () => '已导入',
    kept: () => '已存在，已跳过（--force 可覆盖 AccessKey）',
    elsewhere: (name) => `未导入：设置 ALIBABA_CLOUD_PROFILE=${name} 后，mmai 直接读取 aliyun-cli 的配置文件`,
    empty: () => '未导入：AccessKey 不完整',
    badKey: () => '未导入：AccessKey 含有非法字符',
    badName: () => '未导入：mmai 的配置名称只能包含字母、数字和 . _ @ -',
    unknown: () => '未导入：不支持该认证方式',
  },
  secretInArguments: (key) =>
    `${key} 已保存，但命令行参数对其他用户可见，并会留在命令历史中；下次请省略值，改为按提示输入`,
};
