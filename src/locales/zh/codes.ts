import type { codesEn } from '../en/codes.ts';

/** 错误码的含义与处理建议；键与 `en-codes.ts` 一致。 */
export const codesZh: typeof codesEn = {
  internalError: {
    meaning: '服务内部错误或未知错误，与任务本身的状态无关',
    hint: '请查看 https://error-center.aliyun.com/status/product/multimediaai 并凭请求 ID 联系阿里云技术支持',
  },
  serviceUnavailable: {
    meaning: '内部服务暂不可用，与任务本身的状态无关',
    hint: '请稍后再试；要容忍更长的故障，可用 --retries，watch 可用 --error-budget',
  },
  throttled: {
    meaning: '请求过于频繁，超出了账号对该接口的流控配额',
    hint: '请减少同时查询的任务',
  },
  throttledConcurrency: {
    meaning: '同时进行的请求过多，触发了并发流控',
    hint: '请减少同时运行的客户端',
  },
  throttledSystem: {
    meaning: '服务整体负载过高，触发了系统流控',
    hint: '请稍后再试',
  },

  wrongSecret: {
    meaning: '签名不匹配：很可能 AccessKey Secret 有误，或与 AccessKey ID 不配对',
    hint: '用 "mmai config set access-key-secret" 重新输入，或更正 ALIBABA_CLOUD_ACCESS_KEY_SECRET',
  },
  wrongCanonicalization: {
    meaning: '服务端收到的请求与 mmai 签名的内容不一致：被代理改动，或 mmai 存在缺陷',
    hint: '请绕过代理，或改用 "--signature acs3"；若持续出现，请附上 --debug 的输出向我们反馈',
  },
  accessKeyNotFound: {
    meaning: '找不到该 AccessKey ID：输入有误、已被删除，或属于阿里云其他站点',
    hint: '将 "mmai config get access-key-id" 与 RAM 控制台核对；以 STS. 开头的还需设置安全令牌',
  },
  accessKeyDisabled: {
    meaning: '该 AccessKey 已被禁用',
    hint: '在 RAM 控制台启用，或用 "mmai config init" 换用其他 AccessKey',
  },
  tokenExpired: {
    meaning: '临时访问凭证已过期',
    hint: '请重新获取 ID、Secret 和安全令牌，并同时更新三者',
  },
  tokenRefused: {
    meaning: '安全令牌（SecurityToken）格式错误，或与 AccessKey 不匹配',
    hint: 'ID、Secret 和安全令牌是一同签发的：请用 "mmai config set" 同时更新三者',
  },
  tokenMissing: {
    meaning: '该 AccessKey 是临时凭证（STS），但缺少安全令牌（SecurityToken）',
    hint: '用 "mmai config set security-token" 或环境变量 ALIBABA_CLOUD_SECURITY_TOKEN 提供',
  },

  noPermission: {
    meaning: '该用户没有权限：AccessKey 所属的 RAM 用户或角色不能查询任务状态',
    hint: '在 RAM 控制台授予 multimediaai:GetTaskStatus 权限，或用 --profile 换用其他身份',
  },
  forbidden: {
    meaning: '服务拒绝了该账号，或 AccessKey 所属的 RAM 用户或角色',
    hint: '在 RAM 控制台授予 multimediaai:GetTaskStatus 权限；若提示公测已到期，请开通服务',
  },
  ramNotSupported: {
    meaning: '该接口不支持 RAM 用户访问',
    hint: '用 "mmai config init --profile 名称" 配置阿里云账号（主账号）的 AccessKey',
  },
  riskControl: {
    meaning: '请求被阿里云风险控制系统拦截',
    hint: '在阿里云控制台查看相关通知，或凭请求 ID 联系阿里云技术支持',
  },
  serviceNotOpened: {
    meaning: '未购买此服务',
    hint: '在 MultimediaAI 控制台购买，或用 --profile 选择任务所属的账号',
  },
  serviceNotSelected: {
    meaning: '未开启此服务',
    hint: '在 MultimediaAI 控制台开启，或用 --profile 选择任务所属的账号',
  },
  noBalance: {
    meaning: '账号余额不足，无法操作此请求',
    hint: '在阿里云控制台充值后再查询',
  },

  clockSkew: {
    meaning: '请求的时间戳非法或已过期：很可能是本机时钟偏差超过 15 分钟',
    hint: '请校准时钟（建议使用 NTP）',
  },
  timestampFormat: {
    meaning: '时间格式非法：服务无法识别请求的时间戳',
    hint: '可能被代理改动：请绕过代理，或改用 "--signature acs3"；若持续出现，则是 mmai 的缺陷',
  },
  nonceUsed: {
    meaning: '服务已收到过同一请求（签名随机数重复）：传输途中被发送了两次',
    hint: '请检查是否有代理在重复发送请求',
  },

  taskNotFound: {
    meaning: '请求的资源不存在：当前账号在该地域下没有这个任务',
    hint: '请核对任务 ID，以及提交任务时的 --region 和 --profile；刚提交的任务可能需要等待几秒',
  },
  taskGone: {
    meaning: '此前可以查询到该任务，现在任务已不存在',
    hint: '任务是否已被取消或删除？',
  },
  apiNotFound: {
    meaning: 'API 不存在：应答的主机没有提供 2019-08-10 版本的 GetTaskStatus',
    hint: '请检查或去掉 --endpoint，并尝试 "--region cn-beijing"',
  },
  regionNotFound: {
    meaning: '地域不存在，或该地域没有提供此服务',
    hint: '请尝试 "--region cn-beijing"，并用 "mmai config set region cn-beijing" 保存',
  },
  invalidParameter: {
    meaning: '参数非法；服务返回的信息中可能有参数名',
    hint: '请检查任务 ID 和地域；--dry-run 可显示 mmai 将要发送的内容',
  },
  formatRefused: {
    meaning: '服务不支持请求的返回格式',
    hint: '请使用 "--format json"',
  },
  parameterTooLong: {
    meaning: '参数超过最大长度限制；服务返回的信息中可能有参数名',
    hint: '请检查任务 ID 和地域；--dry-run 可显示 mmai 将要发送的内容',
  },
  missingParameter: {
    meaning: '缺少必要参数；错误码或返回的信息中可能有参数名',
    hint: '用 --dry-run 查看 mmai 发送的内容；若其中有该参数，请绕过代理，或改用 "--method post"',
  },

  signatureMethod: {
    meaning: '应答的主机不支持这种签名方式',
    hint: '请在 "--signature v1" 与 "--signature acs3" 之间换用另一种，并检查 --endpoint',
  },
  httpMethod: {
    meaning: '应答的主机不支持这种 HTTP 方法',
    hint: '请在 "--method get" 与 "--method post" 之间换用另一种',
  },
  needsHttps: {
    meaning: '应答的主机只接受 HTTPS 请求',
    hint: '请在 --endpoint 中写明 https://，或去掉 --endpoint',
  },
  bodyDamaged: {
    meaning: '请求体在传输途中损坏（长度或 MD5 不一致）',
    hint: '请绕过代理，或改用没有请求体的 "--method get"',
  },

  faceImageLimit: {
    meaning: '人脸数量达到限制',
    hint: '查询状态不会增加人脸：请在 MultimediaAI 控制台删除一部分后再查询',
  },
  applicationLimit: {
    meaning: '应用数量达到限制',
    hint: '查询状态不会增加应用：请在 MultimediaAI 控制台删除一部分后再查询',
  },
  uploadLimit: {
    meaning: '上传文件数量达到限制',
    hint: '查询状态不会上传文件：请在 MultimediaAI 控制台删除一部分后再查询',
  },
  fileContent: {
    meaning: '文件内容格式不正确',
    hint: '查询状态不会发送文件：请检查提交任务时使用的文件',
  },
  parameterExists: {
    meaning: '参数已存在；服务返回的信息中可能有参数名',
    hint: '查询状态不会创建任何内容：请检查提交任务时的请求',
  },
  templateInUse: {
    meaning: '存在关联模板',
    hint: '查询状态不会改动模板：请在 MultimediaAI 控制台检查模板',
  },

  bodyTooLarge: {
    meaning: '应答远大于服务的正常应答，mmai 已停止读取',
    hint: '应答的可能不是该服务：请检查 --endpoint 和代理',
  },
  certificate: {
    meaning: '主机的证书不是由受信任的 CA 签发的',
    hint: '若有代理解密 TLS 流量，或主机使用私有 CA，请用 --ca-file 或 NODE_EXTRA_CA_CERTS 信任其 CA 证书',
  },
  certificateExpired: {
    meaning: '主机的证书此刻无效：已过期，或尚未生效',
    hint: '请检查本机时钟；若时钟正确，需由主机或代理的管理者更新证书',
  },
  certificateName: {
    meaning: '主机的证书属于另一个主机名',
    hint: '请检查 --endpoint 和 --region；也可能是中间设备冒充该主机应答',
  },
  connectionRefused: {
    meaning: '连接被拒绝：该主机和端口上没有服务在监听',
    hint: '请检查 --endpoint 和防火墙；"mmai config check" 会显示到达主机的每一步',
  },
  connectionReset: {
    meaning: '应答尚未接收完整，连接就已断开',
    hint: '请检查网络、代理和防火墙',
  },
  dns: {
    meaning: '无法解析主机名',
    hint: '请检查 --region 和 --endpoint 的拼写，以及网络和 DNS',
  },
  htmlPage: {
    meaning: '收到的是网页而不是服务的应答：可能来自代理、网关或网络登录页',
    hint: '若网络要求登录，请先登录；并检查 --endpoint 和代理',
  },
  noResources: {
    meaning: '本机没有足够的套接字、文件描述符或内存来建立连接',
    hint: '请关闭其他程序，或用 "ulimit -n" 提高可打开的文件数',
  },
  protocol: {
    meaning: '该主机和端口使用的不是预期的协议',
    hint: '请检查 --endpoint：应为 http:// 还是 https://，以及端口是否正确',
  },
  proxy: {
    meaning: '无法连接代理，或代理无法连接该主机',
    hint: '请检查 HTTPS_PROXY（http:// 为 HTTP_PROXY）中的代理地址，或将该主机加入 NO_PROXY 以绕过代理',
  },
  proxyAuthentication: {
    meaning: '代理要求用户名和密码，而没有给出或给出的不正确',
    hint: '请写成 HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT，其中的特殊字符用百分号编码（@ 写作 %40）',
  },
  proxyRefused: {
    meaning: '代理不允许连接该主机',
    hint: '请代理的管理者放行该主机，或将其加入 NO_PROXY 以绕过代理',
  },
  proxyScheme: {
    meaning: '代理要求的认证方式 mmai 不支持',
    hint: '请代理的管理者允许 Basic 认证，或在本机运行可代为登录的代理（如 cntlm、px），并在 HTTPS_PROXY 中填写其地址',
  },
  redirect: {
    meaning: '主机要求重定向；mmai 从不跟随，以免把已签名的请求发给他人',
    hint: '请检查 --endpoint（是否应为 https://）；若网络要求登录，请先登录',
  },
  timeout: {
    meaning: '在单次请求的时限内没有收到完整应答',
    hint: '请用 "mmai config check" 查看卡在哪一步；有的网络需要设置 HTTPS_PROXY',
  },
  unreachable: {
    meaning: '从当前网络无法到达该主机',
    hint: '请检查网络连接、VPN 和防火墙，以及是否需要在 HTTPS_PROXY 中设置代理',
  },
  unreadable: {
    meaning: '应答不是该服务的应答：既不是文档所述的 JSON，也不是 XML',
    hint: '请检查 --endpoint，并用 "mmai status ID --raw" 查看应答',
  },
};
