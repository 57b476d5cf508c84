import type { codesEn } from './en-codes.ts';

/** 每类错误对查询任务的用户意味着什么，以及应该怎么做。 */
export const codesZh: typeof codesEn = {
  internalError: {
    meaning: '服务内部错误；任务本身不受影响',
    hint: 'mmai 会自动重试；如果持续出现，请把请求 ID 反馈给阿里云',
  },
  unavailable: { meaning: '内部服务暂时不可用', hint: 'mmai 会自动重试；请稍后再试' },
  damaged: { meaning: '请求在传输途中损坏', hint: '检查是否有代理修改了请求' },
  throttling: { meaning: '服务限制了请求频率', hint: '降低查询频率，或一次查询更少的任务' },
  throttlingUser: {
    meaning: '该账号对此接口的请求超出了配额',
    hint: '检查同一账号下是否有其他程序在轮询，或在控制台提升配额',
  },
  signature: {
    meaning: '服务端计算出的签名不同：AccessKey Secret 有误，或请求在途中被修改',
    hint: '用 "mmai config set access-key-secret" 重新设置；检查是否有代理改写请求',
  },
  wrongSecret: {
    meaning: '服务端对相同的文本得到了不同的签名，因此是 AccessKey Secret 有误',
    hint: '用 "mmai config set access-key-secret" 重新设置，或更正 ALIBABA_CLOUD_ACCESS_KEY_SECRET',
  },
  wrongCanonicalization: {
    meaning: '服务端签名的文本与 mmai 的不同，Secret 可能没有问题：请求在途中被修改',
    hint: '检查是否有代理改写 URL；可尝试 --method post 或 --signature acs3',
  },
  keyNotFound: {
    meaning: '该站点不存在此 AccessKey',
    hint: '检查 AccessKey ID 及其所属站点（中国站或国际站）；临时密钥还需要安全令牌',
  },
  keyDisabled: { meaning: '此 AccessKey 已被禁用', hint: '在 RAM 控制台启用，或换用其他 AccessKey' },
  tokenExpired: { meaning: '安全令牌已过期', hint: '重新获取临时凭证，三个部分都要更换' },
  tokenWrong: { meaning: '安全令牌损坏，或属于另一个 AccessKey', hint: '请使用同一次 STS 应答中的 ID、Secret 和令牌' },
  tokenMissing: {
    meaning: '这是临时 AccessKey，但缺少安全令牌',
    hint: '设置 ALIBABA_CLOUD_SECURITY_TOKEN，或运行 "mmai config set security-token"',
  },
  forbidden: { meaning: '该账号或 RAM 用户没有查询任务的权限', hint: '请管理员授予 multimediaai:GetTaskStatus 权限' },
  noRam: { meaning: '此处不支持 RAM 用户', hint: '请使用主账号的 AccessKey' },
  riskControl: { meaning: '账号受到风险控制', hint: '登录控制台，按提示处理' },
  notOpened: { meaning: '该账号未开通或未购买 MultimediaAI 服务', hint: '用 AccessKey 所属账号在控制台开通或购买' },
  balance: { meaning: '账户余额不足', hint: '充值后再查询' },
  taskNotFound: {
    meaning: '该地域和账号下没有这个任务',
    hint: '检查任务 ID、--region 和配置档；刚提交的任务可能还不可见',
  },
  clock: { meaning: '本机与服务端的时钟相差超过 15 分钟', hint: '校准本机时钟（NTP）' },
  timestampFormat: { meaning: '服务端无法识别时间戳', hint: '检查是否有代理改写 URL' },
  nonce: { meaning: '服务端已收到过相同的请求', hint: '检查是否有代理重复发送请求' },
  wrongApi: {
    meaning: '该接入地址的服务没有 2019-08-10 版的 GetTaskStatus',
    hint: '检查 --endpoint 和 --region；文档中的地域是 cn-beijing',
  },
  region: { meaning: '没有这个地域', hint: '使用文档中的地域：--region cn-beijing' },
  parameter: { meaning: '服务端拒绝了某个参数', hint: '检查任务 ID；错误信息中有参数名' },
  gatewayRefuses: { meaning: '网关不接受这种签名方式', hint: '换另一种：--signature v1 或 acs3' },
  method: { meaning: '网关不接受这种 HTTP 方法', hint: '换另一种：--method get 或 post' },
  needSsl: { meaning: '服务只接受 https', hint: '请用 https:// 开头的接入地址' },
  otherOperation: {
    meaning: '这是其他接口的限制，虽然也列在本接口的错误码中',
    hint: '如果在这里遇到，请把请求 ID 反馈给阿里云',
  },
  aborted: { meaning: '在得到应答之前查询已停止', hint: '请重新查询' },
  certificate: {
    meaning: '服务器证书不受信任、已过期或与主机名不符',
    hint: '如果经过公司代理，请用 --ca-file 或 NODE_EXTRA_CA_CERTS 指定其 CA；否则检查接入地址和时钟',
  },
  unreachable: { meaning: '接入地址没有应答', hint: '检查 --endpoint、--region 和网络' },
  connection: { meaning: '连接中断', hint: '请重试；如果持续出现，检查网络和代理' },
  dns: { meaning: '主机名无法解析', hint: '检查 --region 和 --endpoint，然后检查网络' },
  proxy: { meaning: '代理拒绝了连接', hint: '检查 HTTPS_PROXY 和 NO_PROXY' },
  redirect: { meaning: '接入地址要求跳转，而 mmai 从不跟随跳转', hint: '检查 --endpoint' },
  timeout: { meaning: '没有及时得到应答', hint: '检查网络，或用 --request-timeout 放宽时限' },
  notTheService: {
    meaning: '应答并非来自该服务，而是代理、登录页面或其他服务器',
    hint: '检查 --endpoint 和途经的代理',
  },
};
