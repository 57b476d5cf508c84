import type { credentialsEn } from '../en/credentials.ts';
import { fileProblem } from './files.ts';

/** 凭证从哪里来，以及出了什么问题。 */
export const credentialsZh: typeof credentialsEn = {
  none: () => '未找到访问凭证',
  noneHint: () =>
    '运行 "mmai config init"，或设置环境变量 ALIBABA_CLOUD_ACCESS_KEY_ID 和 ALIBABA_CLOUD_ACCESS_KEY_SECRET\n没有账号时可加 --simulate 0,1,2 试用；运行 "mmai config check" 可查看查找过的位置',
  halfConfigured: (where, missing) => `${where} 只配置了一半：缺少 ${missing}`,
  noSuchProfile: (name, known) => `没有名为“${name}”的配置档；已有配置档：${known.join('、') || '无'}`,
  noSuchProfileHint: () =>
    '用 "mmai config init --profile 名称" 创建，用 "mmai config import" 从 aliyun-cli 复制，或用 "mmai config profiles" 查看',
  inAliyunHint: (name) =>
    `aliyun-cli 中有配置“${name}”：用 "mmai config import --profile ${name}" 复制其密钥，或不写 --profile 而设置 ALIBABA_CLOUD_PROFILE=${name} 直接使用`,
  noKeyInProfile: (name) => `配置档“${name}”没有 AccessKey`,
  noKeyInProfileHint: (name) =>
    `用 "mmai config init --profile ${name}" 添加；不写 --profile 和 MMAI_PROFILE 时，mmai 使用其他凭证`,
  fromEnvironment: (id, secret) => `环境变量 ${id} 和 ${secret}`,
  fromProfile: (name) => `配置档“${name}”`,
  fromNamedProfile: (name) => `配置档“${name}”（明确指定）`,
  fromOidc: () => '环境变量 ALIBABA_CLOUD_ROLE_ARN、ALIBABA_CLOUD_OIDC_PROVIDER_ARN 和 ALIBABA_CLOUD_OIDC_TOKEN_FILE',
  fromAliyun: (path) => `aliyun-cli 的 ${path}`,
  fromAliyunProfile: (name, mode, path) => `aliyun-cli 的 ${path} 中的配置“${name}”（${mode}）`,
  fromFile: (path) => `凭证文件 ${path}`,
  fromSection: (name, path) => `凭证文件 ${path} 的“${name}”一节`,
  fromUri: (variable) => `${variable} 中的 URI`,
  fromEcs: () => 'ECS 实例元数据',
  off: (where, variable) => `${where}（已被 ${variable} 关闭）`,

  forbidden: (where, variable) => `${where}：被 ${variable} 禁止`,
  unreadable: (where, code) => `无法读取${where}：${fileProblem(code)}`,
  tokenFile: (path, where) => `${where}指定的令牌文件 ${path}`,
  torn: (where) => `${where} 已损坏，或是其他程序的文件`,
  tornAliyunHint: () =>
    '请修复，或移走后运行 "aliyun configure"；设置 ALIBABA_CLOUD_IGNORE_PROFILE=true 可让 mmai 跳过该文件',
  badLine: (where, line, why) => `${where} 第 ${line} 行：${why}`,
  badLineHint: () => '请修改该行，使各 SDK 的读取结果一致：先写 [小节]，再写 key = value；值不加引号，注释单独成行',
  lineFaults: {
    noSection: '第一个 [小节] 之前不能有键',
    noDelimiter: '既不是 [小节]，也不是 key = value',
    bracket: '小节应写成 [名称]，且该行不能再有“]”',
    sectionBlanks: '方括号内的小节名首尾有空格',
    duplicateSection: '小节重复',
    duplicateKey: '该键在本小节中重复',
    indent: '缩进比上一行深，部分 SDK 会把它当作上一行值的延续',
    continuation: '以反斜杠结尾，部分 SDK 会拼接下一行',
    quotes: '含有引号，部分 SDK 会把引号当作值的一部分',
    commentMark: '值中含有“#”或“;”，部分 SDK 会把它当作注释的开头',
    percent: '值中含有“%”，部分 SDK 会把它当作引用',
    letterCase: '部分 SDK 只识别小写的键名',
    carriageReturn: '行内含有回车符',
  },
  badCharacters: (where, name) => `${where}：${name} 含有密钥中不可能出现的字符，例如换行或中文引号`,
  noAliyunProfile: (name, path) => `aliyun-cli 的 ${path} 引用了配置“${name}”，但其中没有该配置`,
  noAliyunProfileHint: () =>
    '用 "aliyun configure list" 查看，再运行 "aliyun configure switch --profile 名称"；设置 ALIBABA_CLOUD_IGNORE_PROFILE=true 可让 mmai 跳过该文件',
  noNamedProfile: (name, variable, path) =>
    `${variable} 指定的配置“${name}”既不在 aliyun-cli 的 config.json 中，也不在 ${path} 中`,
  circle: (name, path) => `aliyun-cli 的 ${path} 中，配置“${name}”通过 source_profile 依赖自身`,
  emptySource: (where) => `${where}：source_profile 指定的配置没有密钥`,
  unknownMode: (where, known) => `${where}的模式不受 mmai 支持；支持的模式：${known.join('、')}`,
  unknownModeHint: () => '用 ALIBABA_CLOUD_PROFILE 选择其他配置，或运行 "mmai config init" 提供密钥',
  unknownType: (where, known) => `${where}：type 不是 ${known.join('、')} 之一`,
  loginExpired: (where) => `${where}：aliyun-cli 保存的登录已过期`,
  loginHint: (name, mode) =>
    `用 "aliyun sts GetCallerIdentity --profile ${name}" 续期，或用 "aliyun configure --profile ${name} --mode ${mode}" 重新登录`,
  badSignInUrl: (where) => `${where}：cloud_sso_sign_in_url 不是 https 地址`,
  badSite: (where, known) => `${where}：oauth_site_type 不是 ${known.join('、')} 之一`,
  external: {
    failed: (where, name, exitCode) => `${where}：${name} 执行失败（${exitCode}）`,
    garbage: (where, name) => `${where}：${name} 没有输出凭证`,
    notStarted: (where, name, code) => `${where}：${name} 无法启动（${code}）`,
    timeout: (where, name, limit) => `${where}：${name} 在 ${limit} 内没有结束`,
    tooLong: (where, name) => `${where}：${name} 的输出超过 1 MiB`,
    stopped: (where, name) => `${where}：${name} 已被停止`,
  },
  externalHint: (wroteError) =>
    `请手动运行该命令${wroteError ? '，查看其标准错误输出（此处不显示）' : ''}：它应输出一个 JSON 对象，包含 mode、access_key_id、access_key_secret，以及可选的 sts_token`,
  noAnswer: (where, code) => `${where}：没有应答（${code}）`,
  refused: (where, code) => `${where}：被拒绝，${code}`,
  badAnswer: (where, http) => `${where}：应答（HTTP ${http}）中没有凭证`,
  assumeRoleHint: () =>
    '请检查用于扮演角色的密钥是否正确、是否有 sts:AssumeRole 权限，角色是否信任它，以及会话时长是否超过角色的上限',
  oidcHint: () => '请检查角色、角色对 OIDC 提供方的信任，以及文件中的令牌是否是新的、受众是否正确',
  badSts: (where) => `${where}：STS 接入地址应为主机名或 https://主机[:端口]`,
  badUri: (where) => `${where}：不是不带用户名和密码的 http 或 https 地址`,
  plainUri: (where, origin) => `${where}：${origin} 未加密，网络中的其他人可窃取 AccessKey`,
  uriHint: () =>
    '它应对 GET 请求返回一个 JSON 对象，包含 Code "Success"、AccessKeyId、AccessKeySecret、SecurityToken 和 Expiration',
  noRole: (where) => `${where}：该实例上没有这个 RAM 角色`,
  noImdsV2: (where, variable) => `${where}：不支持 IMDSv2，而 ${variable} 禁止使用第一版`,
  metadataHint: () =>
    '如果这不是 ECS 实例，请设置 ALIBABA_CLOUD_ECS_METADATA_DISABLED=true；否则请检查实例的 RAM 角色；或运行 "mmai config init"',
  gone: (where) => `${where}不再提供凭证`,
};
