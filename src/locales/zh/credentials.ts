import type { credentialsEn } from '../en/credentials.ts';
import { fileProblem } from './files.ts';
import { spaced } from './spacing.ts';

/** 凭证从哪里来，以及出了什么问题。 */
export const credentialsZh: typeof credentialsEn = {
  none: '未找到访问凭证',
  noneHint:
    '运行 "mmai config init"，或设置环境变量 ALIBABA_CLOUD_ACCESS_KEY_ID 和 ALIBABA_CLOUD_ACCESS_KEY_SECRET\n没有账号时可加 --simulate 0,1,2 试用；运行 "mmai config check" 可查看查找过的位置',
  halfConfigured: (where, missing) => spaced`${where}中的凭证不完整：缺少 ${missing}`,
  noSuchProfile: (name, known) => `不存在配置“${name}”；已有配置：${known.join('、') || '无'}`,
  noSuchProfileHint:
    '用 "mmai config init --profile 名称" 创建，用 "mmai config import" 从 aliyun-cli 导入，或用 "mmai config profiles" 查看',
  inAliyunHint: (name, word) =>
    `aliyun-cli 中有配置“${name}”：认证方式为 AK 时，可用 "mmai config import --profile ${word}" 导入；或不使用 --profile，改为设置 ALIBABA_CLOUD_PROFILE=${word}`,
  noKeyInProfile: (name) => `配置“${name}”中没有 AccessKey`,
  noKeyInProfileHint: (name) =>
    `用 "mmai config init --profile ${name}" 添加；不指定 --profile 和 MMAI_PROFILE 时，mmai 会使用其他凭证`,

  fromEnvironment: (id, secret) => `环境变量 ${id} 和 ${secret}`,
  fromProfile: (name) => `配置“${name}”`,
  fromNamedProfile: (name) => `配置“${name}”（显式指定）`,
  fromOidc: '环境变量 ALIBABA_CLOUD_ROLE_ARN、ALIBABA_CLOUD_OIDC_PROVIDER_ARN 和 ALIBABA_CLOUD_OIDC_TOKEN_FILE',
  fromAliyun: (path) => `aliyun-cli 的 ${path}`,
  fromAliyunProfile: (name, mode, path) => `aliyun-cli 的 ${path} 中的配置“${name}”（${mode}）`,
  fromFile: (path) => `凭证文件 ${path}`,
  fromSection: (name, path) => `凭证文件 ${path} 中的 [${name}]`,
  fromUri: (variable) => `${variable} 指定的 URI`,
  fromEcs: 'ECS 实例元数据',
  off: (where, variable) => `${where}（已被 ${variable} 禁用）`,

  foreignFile: (where, name) => `${where}：未使用 ${name}，因为其他用户可以修改该文件或其上级目录`,
  foreignFileHint: '请将配置保存在只有自己可写的文件和目录中，或以其所有者的身份运行 mmai',
  forbidden: (where, variable) => `${where}：已被 ${variable} 禁用`,
  unreadable: (where, code) => spaced`无法读取${where}：${fileProblem(code)}`,
  tokenFile: (path, where) => spaced`${where}指定的令牌文件 ${path}`,
  malformed: (where) => spaced`${where}已损坏，或不是凭证配置文件`,
  malformedAliyunHint:
    '请修复该文件，或将其移走后运行 "aliyun configure"；设置 ALIBABA_CLOUD_IGNORE_PROFILE=true 可让 mmai 跳过该文件',
  badLine: (where, line, why) => spaced`${where}第 ${line} 行：${why}`,
  badLineHint: '请修改该行，使各语言 SDK 的读取结果一致：先写 [名称]，再逐行写 key = value；值不加引号，注释单独成行',
  lineFaults: {
    noSection: '键出现在第一个 [名称] 之前',
    noDelimiter: '既不是 [名称]，也不是 key = value',
    bracket: '应写成 [名称]，且该行不能再有“]”',
    sectionBlanks: '方括号内的名称首尾有空格',
    duplicateSection: '该 [名称] 重复',
    duplicateKey: '该键重复',
    inherited: '部分 SDK 会将该键也用于当前配置',
    indent: '缩进比上一行深，部分 SDK 会将其当作上一行值的延续',
    continuation: '以反斜杠结尾，部分 SDK 会拼接下一行',
    quotes: '含有引号，部分 SDK 会将引号当作值的一部分',
    commentMark: '值中含有“#”或“;”，部分 SDK 会将其后内容当作注释',
    percent: '值中含有“%”，部分 SDK 会将其当作变量引用',
    letterCase: '部分 SDK 只识别小写的键名',
    invisible: '行内含有回车符、BOM 或控制字符',
  },
  badCharacters: (where, name) => `${where}：${name} 含有非法字符，例如换行符或中文引号`,
  noAliyunProfile: (name, path) => `aliyun-cli 的 ${path} 中不存在配置“${name}”`,
  noAliyunProfileHint:
    '用 "aliyun configure list" 查看已有配置，再运行 "aliyun configure switch --profile 名称"；设置 ALIBABA_CLOUD_IGNORE_PROFILE=true 可让 mmai 跳过该文件',
  noNamedProfile: (name, variable, path) =>
    `${variable} 指定的配置“${name}”既不在 aliyun-cli 的 config.json 中，也不在 ${path} 中`,
  circle: (name, path) => `aliyun-cli 的 ${path} 中，配置“${name}”的 source_profile 循环引用`,
  emptySource: (where) => `${where}：source_profile 指定的配置中没有 AccessKey`,
  unknownMode: (where, known) => `${where}：不支持该认证方式（mode），支持的认证方式：${known.join('、')}`,
  unknownModeHint: '用 ALIBABA_CLOUD_PROFILE 指定其他配置，或运行 "mmai config init" 配置 AccessKey',
  unknownType: (where, known) => `${where}：type 无效，可选值：${known.join('、')}`,
  loginExpired: (where) => `${where}：aliyun-cli 的登录状态已过期`,
  loginHint: (name, mode) =>
    `用 "aliyun sts GetCallerIdentity --profile ${name}" 续期，或用 "aliyun configure --profile ${name} --mode ${mode}" 重新登录`,
  badSignInUrl: (where) => `${where}：cloud_sso_sign_in_url 不是 https 地址`,
  badSite: (where, known) => `${where}：oauth_site_type 无效，可选值：${known.join('、')}`,

  external: {
    failed: (where, name, exitCode) => `${where}：${name} 执行失败（${exitCode}）`,
    garbage: (where, name) => `${where}：${name} 未输出凭证`,
    notStarted: (where, name, code) => `${where}：${name} 无法启动（${code}）`,
    timeout: (where, name, limit) => `${where}：${name} 在 ${limit} 内未执行完`,
    tooLong: (where, name) => `${where}：${name} 的输出超过 1 MiB`,
    stopped: (where, name) => `${where}：${name} 已被中断`,
  },
  externalHint: (wroteError) =>
    `请手动运行该命令${wroteError ? '，查看其标准错误输出（此处不显示）' : ''}：它应输出一个 JSON 对象，包含 mode、access_key_id、access_key_secret，临时凭证还应包含 sts_token`,
  refused: (where, code) => `${where}：请求被拒绝，${code}`,
  badAnswer: (where, http) => `${where}：响应（HTTP ${http}）中没有凭证`,
  assumeRoleHint:
    '请检查：用于扮演角色的 AccessKey 是否正确、是否有 sts:AssumeRole 权限，角色的信任策略是否允许它扮演，会话时长是否超过角色的最大会话时间',
  oidcHint: '请检查：角色是否存在、是否信任该 OIDC 身份提供商，文件中的令牌是否过期、受众（aud）是否正确',
  badSts: (where) => `${where}：STS 接入点应为主机名或 https://HOST[:PORT]`,
  badUri: (where) => `${where}：应为不含用户名和密码的 http(s) 地址`,
  plainUri: (where, origin) => `${where}：${origin} 未加密，网络中的其他人可窃取 AccessKey`,
  uriHint:
    '它应对 GET 请求返回一个 JSON 对象，包含 Code（值为 "Success"）、AccessKeyId、AccessKeySecret、SecurityToken 和 Expiration',
  noRole: (where) => `${where}：该实例未授予此 RAM 角色`,
  noImdsV2: (where, variable) => `${where}：不支持 IMDSv2，而 ${variable} 禁止使用 IMDSv1`,
  metadataHint:
    '如果本机不是 ECS 实例，请设置 ALIBABA_CLOUD_ECS_METADATA_DISABLED=true；如果是，请检查实例的 RAM 角色；也可运行 "mmai config init"',
  late: (where, limit) => `${where}：${limit} 内未获得凭证`,
  gone: (where) => spaced`${where}不再提供凭证`,
};
