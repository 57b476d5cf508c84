import type { codesEn } from '../en/codes.ts';

/** 错误码的含义与处理建议；键与 `en/codes.ts` 一致。 */
export const codesZh: typeof codesEn = {
  internalError: {
    meaning: '服务内部错误或未知错误，与任务本身的状态无关',
    hint: '请提供请求 ID 联系阿里云技术支持；服务状态见 https://error-center.aliyun.com/status/product/multimediaai',
  },
  serviceUnavailable: {
    meaning: '内部服务暂不可用，与任务本身的状态无关',
    hint: '请稍后重试；如需容忍更长时间的故障，可调大 --retries，watch 可调大 --error-budget',
  },
  throttled: {
    meaning: '请求过于频繁，超出了账号对该接口的流控配额',
    hint: '请减少同时查询的任务数，watch 可调低 --max-rps',
  },
  throttledConcurrency: {
    meaning: '并发请求过多，触发了并发流控',
    hint: '请减少同时运行的客户端数量',
  },
  throttledSystem: {
    meaning: '服务整体负载过高，触发了系统流控',
    hint: '请稍后重试',
  },

  wrongSecret: {
    meaning: '签名不匹配：通常是 AccessKey Secret 有误，或与 AccessKey ID 不配对',
    hint: '请运行 "mmai config set access-key-secret" 重新输入，或更正 ALIBABA_CLOUD_ACCESS_KEY_SECRET',
  },
  wrongCanonicalization: {
    meaning: '服务端收到的请求与 mmai 签名的内容不一致：请求被代理改动，或 mmai 存在 bug',
    hint: '请绕过代理，或改用 "--signature acs3"；若持续出现，请附上 --debug 的输出向我们反馈',
  },
  accessKeyNotFound: {
    meaning: 'AccessKey ID 不存在：输入有误、已被删除，或属于阿里云其他站点',
    hint: '请将 "mmai config get access-key-id" 的结果与 RAM 控制台核对；以 STS. 开头的还需设置安全令牌',
  },
  accessKeyDisabled: {
    meaning: '该 AccessKey 已被禁用',
    hint: '请在 RAM 控制台启用，或用 "mmai config init" 更换 AccessKey',
  },
  tokenExpired: {
    meaning: '临时访问凭证已过期',
    hint: '请重新获取 AccessKey ID、Secret 和安全令牌，并同时更新三者',
  },
  tokenRefused: {
    meaning: '安全令牌（SecurityToken）格式错误，或与 AccessKey 不匹配',
    hint: 'AccessKey ID、Secret 和安全令牌是一同签发的：请用 "mmai config set" 同时更新三者',
  },
  tokenMissing: {
    meaning: '该 AccessKey 是临时凭证（STS），但缺少安全令牌（SecurityToken）',
    hint: '请运行 "mmai config set security-token"，或设置环境变量 ALIBABA_CLOUD_SECURITY_TOKEN',
  },

  noPermission: {
    meaning: '没有权限：AccessKey 所属的 RAM 用户或角色无权查询任务状态',
    hint: '请在 RAM 控制台授予系统策略 AliyunMultimediaAIReadOnlyAccess 或 multimediaai:GetTaskStatus 和 multimediaai:GetTaskResult 权限，或用 --profile 切换其他身份',
  },
  forbidden: {
    meaning: '服务拒绝了该账号，或 AccessKey 所属的 RAM 用户或角色',
    hint: '请在 RAM 控制台授予系统策略 AliyunMultimediaAIReadOnlyAccess 或 multimediaai:GetTaskStatus 和 multimediaai:GetTaskResult 权限；若提示公测已到期，请开通服务',
  },
  ramNotSupported: {
    meaning: '该接口不支持 RAM 用户访问',
    hint: '请用 "mmai config init --profile 名称" 配置阿里云账号（主账号）的 AccessKey',
  },
  riskControl: {
    meaning: '请求被阿里云风险控制系统拦截',
    hint: '请在阿里云控制台查看相关通知，或提供请求 ID 联系阿里云技术支持',
  },
  serviceNotOpened: {
    meaning: '未购买此服务',
    hint: '请在 MultimediaAI 控制台购买，或用 --profile 指定任务所属的账号',
  },
  serviceNotSelected: {
    meaning: '未开启此服务',
    hint: '请在 MultimediaAI 控制台开启，或用 --profile 指定任务所属的账号',
  },
  noBalance: {
    meaning: '账号余额不足',
    hint: '请在阿里云控制台充值后重试',
  },

  clockSkew: {
    meaning: '请求的时间戳无效或已过期：通常是本机时钟偏差超过 15 分钟',
    hint: '请校准时钟（建议使用 NTP）',
  },
  timestampFormat: {
    meaning: '时间戳格式错误：服务无法识别请求的时间戳',
    hint: '可能被代理改动：请绕过代理，或改用 "--signature acs3"；若持续出现，则为 mmai 的 bug，请向我们反馈',
  },
  nonceUsed: {
    meaning: '签名随机数（SignatureNonce）已被使用：同一请求在传输途中被重复发送',
    hint: '请检查代理是否会重发请求',
  },

  taskNotFound: {
    meaning: '任务不存在：当前账号在该地域下没有此任务',
    hint: '请核对任务 ID，以及提交任务时使用的 --region 和 --profile；刚提交的任务可能要等几秒才能查到',
  },
  taskGone: {
    meaning: '此前可查询到该任务，现已不存在',
    hint: '请确认任务是否已被取消或删除',
  },
  apiNotFound: {
    meaning: 'API 不存在：该接入点不提供 2019-08-10 版本的该接口',
    hint: '请检查或去掉 --endpoint，并尝试使用 "--region cn-beijing"',
  },
  regionNotFound: {
    meaning: '地域不存在，或该地域不支持此服务',
    hint: '请尝试使用 "--region cn-beijing"，可用 "mmai config set region cn-beijing" 保存',
  },
  invalidParameter: {
    meaning: '参数无效；具体参数见服务返回的错误信息',
    hint: '请检查任务 ID 和地域；使用 --dry-run 可查看将要发送的请求',
  },
  formatRefused: {
    meaning: '服务不支持所请求的返回格式',
    hint: '请使用 "--format json"',
  },
  parameterTooLong: {
    meaning: '参数超过最大长度限制；具体参数见服务返回的错误信息',
    hint: '请检查任务 ID 和地域；使用 --dry-run 可查看将要发送的请求',
  },
  missingParameter: {
    meaning: '缺少必要参数；具体参数见错误码或错误信息',
    hint: '请用 --dry-run 查看发送的请求；若其中包含该参数，说明被代理丢弃，请绕过代理，或改用 "--method post"',
  },

  signatureMethod: {
    meaning: '接入点不支持该签名方式',
    hint: '请切换签名方式（"--signature v1" 或 "--signature acs3"），并检查 --endpoint',
  },
  httpMethod: {
    meaning: '接入点不支持该 HTTP 方法',
    hint: '请切换 HTTP 方法（"--method get" 或 "--method post"）',
  },
  needsHttps: {
    meaning: '接入点仅支持 HTTPS 请求',
    hint: '请将 --endpoint 改为 https:// 地址，或去掉 --endpoint',
  },
  bodyDamaged: {
    meaning: '请求体在传输中损坏（长度或 MD5 不一致）',
    hint: '请绕过代理，或改用不带请求体的 "--method get"',
  },

  faceImageLimit: {
    meaning: '人脸数量达到限制',
    hint: '查询状态不会新增人脸：请在 MultimediaAI 控制台删除一部分后重试',
  },
  applicationLimit: {
    meaning: '应用数量达到限制',
    hint: '查询状态不会新增应用：请在 MultimediaAI 控制台删除一部分后重试',
  },
  uploadLimit: {
    meaning: '上传文件数量达到限制',
    hint: '查询状态不会上传文件：请在 MultimediaAI 控制台删除一部分后重试',
  },
  fileContent: {
    meaning: '文件内容格式不正确',
    hint: '查询状态不会上传文件：请检查提交任务时使用的文件',
  },
  parameterExists: {
    meaning: '参数已存在；具体参数见服务返回的错误信息',
    hint: '查询状态不会创建任何资源：请检查提交任务的请求',
  },
  templateInUse: {
    meaning: '存在关联模板',
    hint: '查询状态不会修改模板：请在 MultimediaAI 控制台检查模板',
  },

  bodyTooLarge: {
    meaning: '响应远大于该服务的正常响应，mmai 已停止读取',
    hint: '响应可能并非来自该服务：请检查 --endpoint 和代理',
  },
  certificate: {
    meaning: '主机证书或签发它的 CA 不受信任',
    hint: '若代理会解密 TLS 流量，或主机使用私有 CA，请用 --ca-file 或 NODE_EXTRA_CA_CERTS 添加其 CA 证书',
  },
  certificateExpired: {
    meaning: '主机证书已过期，或尚未生效',
    hint: '请检查本机时钟；若时钟正确，请联系主机或代理的管理员更新证书',
  },
  certificateName: {
    meaning: '主机证书与主机名不匹配',
    hint: '请检查 --endpoint 和 --region；也可能有中间设备冒充该主机',
  },
  connectionRefused: {
    meaning: '连接被拒绝：该主机的端口上没有服务在监听',
    hint: '请检查 --endpoint 和防火墙；"mmai config check" 可查看连接的每一步',
  },
  connectionReset: {
    meaning: '未收到完整响应，连接已断开',
    hint: '请检查网络、代理和防火墙',
  },
  dns: {
    meaning: '无法解析主机名',
    hint: '请检查 --region 和 --endpoint 的拼写，以及网络和 DNS',
  },
  htmlPage: {
    meaning: '收到的是网页，而非服务的响应：可能来自代理、网关或网络认证（Portal）页面',
    hint: '若网络需要认证，请先登录；并检查 --endpoint 和代理',
  },
  noResources: {
    meaning: '本机没有足够的套接字、文件描述符或内存来建立连接',
    hint: '请关闭其他程序，或调大可打开的文件数（"ulimit -n"）或内存上限（"ulimit -v"）',
  },
  protocol: {
    meaning: '该主机的端口使用的不是预期的协议',
    hint: '请检查 --endpoint 的协议（http:// 或 https://）和端口是否正确',
  },
  proxy: {
    meaning: '无法连接代理，或代理无法连接该主机',
    hint: '请检查 HTTPS_PROXY（http:// 接入点为 HTTP_PROXY）中的代理地址，或将该主机加入 NO_PROXY 以绕过代理',
  },
  proxyAuthentication: {
    meaning: '代理需要认证，但未提供用户名和密码，或用户名、密码有误',
    hint: '请设置 HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT，其中的特殊字符需进行 URL 编码（@ 写作 %40）',
  },
  proxyRefused: {
    meaning: '代理不允许连接该主机',
    hint: '请联系代理管理员放行该主机，或将其加入 NO_PROXY 以绕过代理',
  },
  proxyScheme: {
    meaning: 'mmai 不支持代理要求的认证方式',
    hint: '请联系代理管理员启用 Basic 认证，或在本机运行可代为认证的代理（如 cntlm、px），并将 HTTPS_PROXY 设为其地址',
  },
  redirect: {
    meaning: '主机要求重定向；mmai 不跟随重定向，以免把已签名的请求发往其他主机',
    hint: '请检查 --endpoint（是否应为 https://）；若网络需要认证，请先登录',
  },
  timeout: {
    meaning: '单次请求超时，未收到完整响应',
    hint: '部分网络需要设置 HTTPS_PROXY；"mmai config check" 可查看卡在哪一步',
  },
  unreachable: {
    meaning: '从当前网络无法到达该主机',
    hint: '请检查网络连接、VPN 和防火墙，以及是否需要用 HTTPS_PROXY 设置代理',
  },
  unreadable: {
    meaning: '响应格式不符：既不是文档所述的 JSON，也不是 XML',
    hint: '请检查 --endpoint，并用 "mmai status ID --raw" 或 "mmai result ID --raw" 查看原始响应',
  },
};
