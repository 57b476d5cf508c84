import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { zh } from '../src/locales/zh/messages.ts';
import { spaced } from '../src/locales/zh/spacing.ts';

/** Stands for any argument of a sentence: a word, a number, a list of words. */
function argument(word: string): unknown {
  const text = new String(word);
  return Object.assign(text, { join: () => word, from: 'profile', name: word });
}

/** Every sentence of a locale with where it stands, its arguments replaced by the word. */
function sentences(value: unknown, word: string, path = ''): (readonly [path: string, text: string])[] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') {
    const given = Array.from({ length: Math.max(1, value.length) }, () => argument(word));
    return [[path, String((value as (...words: unknown[]) => unknown)(...given))]];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, one]) => sentences(one, word, path ? `${path}.${name}` : name));
}

describe('the Chinese sentences', () => {
  const rules: readonly (readonly [string, RegExp])[] = [
    ['have a blank between Chinese and Latin', /\p{Script=Han}[\w$/~<]|\w\p{Script=Han}/u],
    ['have no blank beside a full-width mark', / [，。；：！？、（）“”～]|[，。；：！？、（“～] /],
    // What stands in straight quotes is to be typed.
    ['have no blank between Chinese and Chinese', /\p{Script=Han} +\p{Script=Han}(?!.*")/u],
    ['have full-width marks and parentheses', /[\p{Script=Han}”）][,;:!?()]|[,;!?()]\p{Script=Han}/u],
    ['use the terms of Alibaba Cloud', /应答|时限|配置档|接入地址|机密|缺陷|标注|建议：|密钥/],
  ];
  for (const [rule, fault] of rules) {
    it(rule, () => {
      for (const [path, text] of sentences(zh, 'profile-1')) assert.doesNotMatch(text, fault, path);
    });
  }

  it('say what the code of the system means', () => {
    assert.equal(zh.sandbox.cannotListen(8080, 'EADDRINUSE'), '无法监听 127.0.0.1:8080：EADDRINUSE（端口已被占用）');
    assert.equal(zh.watch.unwritable('/r.xml', 'ENOENT'), '无法写入 /r.xml：ENOENT（文件或目录不存在）');
    assert.equal(zh.outputFailed('EDQUOT'), '标准输出写入失败：EDQUOT');
  });

  it('are joined with a blank only where Chinese meets Latin', () => {
    const { credentials, network, check, config } = zh;
    const file = credentials.fromFile('/home/me/credentials');
    const variables = credentials.fromEnvironment('ID', 'SECRET');
    const aliyun = credentials.fromAliyun('/home/me/config.json');
    assert.equal(credentials.unreadable(file, 'EACCES'), '无法读取凭证文件 /home/me/credentials：EACCES（权限不足）');
    assert.equal(
      credentials.unreadable(aliyun, 'EACCES'),
      '无法读取 aliyun-cli 的 /home/me/config.json：EACCES（权限不足）',
    );
    assert.equal(credentials.halfConfigured(variables, 'SECRET'), '环境变量 ID 和 SECRET 中的凭证不完整：缺少 SECRET');
    assert.equal(
      credentials.halfConfigured(credentials.fromProfile('work'), 'ID'),
      '配置“work”中的凭证不完整：缺少 ID',
    );
    assert.equal(check.credentials('AK', false, aliyun), 'AccessKey AK，来自 aliyun-cli 的 /home/me/config.json');
    assert.equal(check.credentials('AK', true, variables), 'AccessKey AK（临时凭证），来自环境变量 ID 和 SECRET');
    assert.equal(
      config.notWritten('access-key-id', credentials.fromEcs),
      'access-key-id 在使用时从 ECS 实例元数据获取',
    );
    const proxy = network.proxy('proxy.example:3128', 'HTTPS_PROXY');
    assert.equal(network.timeout(proxy, '10s'), '代理 proxy.example:3128（HTTPS_PROXY）在 10s 内无响应');
    assert.equal(network.timeout('a.example', '10s'), 'a.example 在 10s 内无响应');
    assert.equal(network.through('a.example', proxy), '经代理 proxy.example:3128（HTTPS_PROXY）访问 a.example');
    assert.equal(spaced`无法读取${'aliyun-cli 的文件'}：${'EACCES'}`, '无法读取 aliyun-cli 的文件：EACCES');
    assert.equal(spaced`无法读取${'凭证文件'}：${'EACCES'}`, '无法读取凭证文件：EACCES');
    assert.equal(spaced`${'配置“default”'}不完整`, '配置“default”不完整');
    assert.equal(spaced`${'/home/me'}已损坏`, '/home/me 已损坏');
    assert.equal(spaced`第${3}行`, '第 3 行');
  });
});
