import type { checkEn } from '../en/check.ts';
import { spaced } from './spacing.ts';

/** `config check` 的输出。服务器或系统对故障的说明原样引用。 */
export const checkZh: typeof checkEn = {
  states: { ok: '正常', warning: '警告', failed: '失败', absent: '无', skipped: '跳过' },
  steps: {
    profile: '配置',
    place: '已查找',
    credentials: '凭证',
    region: '地域',
    endpoint: '接入点',
    proxy: '代理',
    dns: '域名解析',
    tcp: '连接',
    proxyTls: '代理 TLS',
    tunnel: '代理隧道',
    tls: 'TLS',
    answer: '响应',
    clock: '时钟',
    signature: '签名',
    permission: '权限',
  },
  profile: (name, path) => `${name}，位于 ${path}`,
  noSuchProfile: (name, path) => `${name}（${path} 中尚无此配置）`,
  noProfile: '无（使用模拟服务）',
  fromSimulation: '模拟服务',
  credentials: (key, isTemporary, source) =>
    spaced`AccessKey ${key}${isTemporary ? '（临时凭证）' : ''}，来自${source}`,
  origin: (value, from) => `${value}（${from}）`,
  ofRegion: '由地域决定',
  noTls: '未使用（http）',
  clockRight: '与服务端相差不到 2 秒',
  clockOff: (offset, isAhead) => `比服务端${isAhead ? '快' : '慢'} ${offset}`,
  clockHint: 'mmai 会自动修正，但其他程序不会：请校准时钟，建议使用 NTP',
  clockUnknown: '响应中没有 Date 头，无法判断',
  signatureAccepted: (requestId) => `验证通过，请求 ID ${requestId}`,
  permitted: (answer) => `可调用 GetTaskStatus（返回：${answer}）`,
};
