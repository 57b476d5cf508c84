import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createRedactor } from '../../src/text/redactor.ts';
import { assertNoCanary, CANARY } from '../support/canary.ts';
import { codePoint } from '../support/fuzz.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const percent = encodeURIComponent;

const others = (text: string, encode: (code: string) => string) =>
  text.replace(/[^A-Za-z0-9]/g, (character) => encode(character.charCodeAt(0).toString(16).padStart(2, '0')));

/** Ways to escape all but letters and digits, as OWASP's encoders do. */
const ESCAPES: Readonly<Record<string, (text: string) => string>> = {
  'in percent': (text) => others(text, (code) => `%${code}`),
  'as JSON': (text) => others(text, (code) => `\\u00${code}`),
  'as bytes': (text) => others(text, (code) => `\\x${code}`),
  'as HTML': (text) => others(text, (code) => `&#x${code};`),
};

/** Every way in which a service, a gateway or a proxy may quote a value. */
const QUOTED: Readonly<Record<string, (secret: string) => string>> = {
  'as it is': (secret) => secret,
  'in capitals': (secret) => secret.toUpperCase(),
  'percent-encoded': percent,
  'percent-encoded twice, as in a StringToSign': (secret) => percent(percent(secret)),
  'percent-encoded three times': (secret) => percent(percent(percent(secret))),
  'percent-encoded in lower case': (secret) => percent(secret).replace(/%../g, (code) => code.toLowerCase()),
  'as a form': (secret) => new URLSearchParams({ x: secret }).toString().slice(2),
  'in JSON': (secret) => JSON.stringify(secret),
  'in JSON in JSON': (secret) => JSON.stringify(JSON.stringify(secret)),
  'in JSON that escapes all but letters': (secret) =>
    secret.replace(/[^A-Za-z]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`),
  'in XML': (secret) => secret.replace(/[&<>"+/=]/g, (c) => `&#x${c.charCodeAt(0).toString(16)};`),
  'escaped as bytes': (secret) => secret.replace(/[^A-Za-z]/g, (c) => `\\x${c.charCodeAt(0).toString(16)}`),
  'in HTML, escaped twice': (secret) => secret.replace(/[^A-Za-z]/g, (c) => `&amp;#0${c.charCodeAt(0)};`),
  'in HTML without semicolons': (secret) => secret.replace(/[^A-Za-z]/g, (c) => `&#${c.charCodeAt(0)} `),
  'percent-encoded as UTF-16': (secret) => secret.replace(/\W/g, (c) => `%u00${c.charCodeAt(0).toString(16)}`),
  ...Object.fromEntries(
    Object.entries(ESCAPES).flatMap(([outer, encode]) =>
      Object.entries(ESCAPES).map(([inner, encodeFirst]) => [
        `escaped ${inner}, and that ${outer}`,
        (secret: string) => encode(encodeFirst(secret)),
      ]),
    ),
  ),
  'with colours inside': (secret) => `${secret.slice(0, 6)}\u001b[1;31m${secret.slice(6)}`,
  'with a link inside': (secret) => `${secret.slice(0, 6)}\u001b]8;;http://example.com\u0007${secret.slice(6)}`,
  'in hex': (secret) => Buffer.from(secret).toString('hex'),
  'in base64': base64,
  'in base64 behind one byte': (secret) => base64(`:${secret}`),
  'in base64 between others': (secret) => base64(`id:${secret}:more`),
  'in base64url': (secret) => Buffer.from(secret).toString('base64url'),
  'in base64 of its percent-encoding': (secret) => base64(`SecurityToken=${percent(secret)}&Signature`),
  'in base64, percent-encoded': (secret) => percent(base64(secret)),
  'split by a line break': (secret) => `${secret.slice(0, 9)}\r\n ${secret.slice(9)}`,
  'split by a line break in JSON': (secret) => `${secret.slice(0, 9)}\\n${secret.slice(9)}`,
  'percent-encoded and folded as a header': (secret) => percent(secret).replace(/.{4}/g, '$&\r\n\t '),
  'percent-encoded and split by line breaks': (secret) => percent(secret).replace(/.{4}/g, '$&\n'),
  'in base64 split by line breaks': (secret) => base64(secret).replace(/.{7}/g, '$&\r\n'),
};

describe('a secret that a text quotes is replaced', () => {
  for (const [title, quote] of Object.entries(QUOTED)) {
    it(title, () => {
      const { add, redact } = createRedactor();
      add(CANARY);
      const text = redact(`before "${quote(CANARY)}" after`);
      assertNoCanary(text, title);
      assert.match(text, /^before "\\?"?.*\*{8}.*" after$/s);
    });
  }

  it('wherever and however often it stands', () => {
    const { add, redact } = createRedactor();
    add('first-secret');
    add('second secret');
    assert.equal(redact('first-secret,second secretfirst-secret'), '********,****************');
  });

  it('as far as it goes, where the text ends within it', () => {
    const secret = 'CAISexample/Token+Of=Sts0123456789';
    const { add, redact } = createRedactor();
    add(secret);
    for (const quote of [(text: string) => text, percent, base64]) {
      const quoted = quote(secret);
      for (let left = 20; left <= quoted.length; left += 1) {
        assert.match(redact(`SecurityToken=${quoted.slice(0, left)}...`), /^SecurityToken=\*{8}.{0,6}$/);
      }
    }
  });

  it('as far as it goes, where its beginning or its middle is cut out', () => {
    const secret = 'CAISexample/Token+Of=Sts0123456789';
    const { add, redact } = createRedactor();
    add(secret);
    for (const quote of [(text: string) => text, percent, base64]) {
      const quoted = quote(secret);
      for (let left = 22; left <= quoted.length; left += 1) {
        assert.match(redact(`...${quoted.slice(-left)}`), /^\.{3}.{0,6}\*{8}.{0,3}$/);
        assert.match(redact(`...${quoted.slice(5, -5)}...`), /^\.{3}.{0,6}\*{8}.{0,6}\.{3}$/);
      }
      assert.match(redact(`${quoted.slice(0, 17)}[cut]${quoted.slice(-22)}`), /^\*{8}.{0,6}\[cut\].{0,6}\*{8}.{0,3}$/);
    }
  });

  it('where it has hardly a letter, as it is and percent-encoded', () => {
    const { add, redact } = createRedactor();
    add('$%^&*()_+!~');
    assert.equal(redact('login u:$%^&*()_+!~ or %24%25%5E%26*()_%2B!~'), 'login u:******** or ********');
  });

  it('by what is shown for it', () => {
    const { add, redact } = createRedactor();
    add('LTAI5tExampleKeyId', '********eyId');
    assert.equal(redact('AccessKeyId=LTAI5tExampleKeyId&'), 'AccessKeyId=********eyId&');
  });

  it('in a UUID, as request IDs are, where it is a number in hex itself', () => {
    const redactor = createRedactor();
    redactor.add('no-hex-secret');
    redactor.add('6F9619FF8B86D011');
    assert.equal(redactor.redact('6f9619ff-8b86-d011-b42d-00cf4fc964ff'), '********-b42d-00cf4fc964ff');
  });

  it('of one text alone, where it is given with it', () => {
    const { redact } = createRedactor();
    assert.equal(redact('Signature=aB%2FcDeFg%3D', ['aB/cDeFg=']), 'Signature=********%3D');
    assert.equal(redact('Signature=aB%2FcDeFg%3D'), 'Signature=aB%2FcDeFg%3D');
  });
});

describe('what is no secret', () => {
  it('is left as it is, to the character', () => {
    const { add, redact } = createRedactor();
    add(CANARY);
    fc.assert(fc.property(fc.string({ unit: codePoint }), (text) => redact(text) === text));
  });

  it('is left where the secret is too short to be told from a word', () => {
    const { add, redact } = createRedactor();
    for (const short of [undefined, '', 'id', '!?-+/=']) add(short);
    assert.equal(redact('the id is !?-+/='), 'the id is !?-+/=');
  });

  it('beside a secret stays, whatever it is', () => {
    const { add, redact } = createRedactor();
    add('S3cretS3cret');
    const outside = fc.string({ unit: codePoint }).filter((text) => !/[%\\&]/.test(text));
    fc.assert(
      fc.property(outside, outside, (before, after) => {
        const redacted = redact(`${before}|S3cret\nS3cret|${after}`);
        return redacted === `${before}|********|${after}`;
      }),
    );
  });
});

// Where the time grew with the square of the length, each would take longer than a test file may.
it('a text of a MiB, whatever it is made of, is searched in a time that grows with its length only', () => {
  const { add, redact } = createRedactor();
  add(CANARY);
  for (const part of [
    '%',
    '%25',
    '\\',
    '&a',
    '&',
    'a',
    '\\u{',
    'CaNaRy',
    '&#x',
    '&amp;',
    '&#0',
    '%u00',
    '\u001b[',
    '\u001b]',
    '\u009b1',
  ]) {
    redact(part.repeat(2 ** 20 / part.length));
  }
  // A secret that repeats itself fits a text that does so everywhere.
  add('a'.repeat(1000));
  assert.match(redact('a'.repeat(2 ** 20)), /^\**$/);
});

it('a wait whose key is renewed again and again keeps the last keys only, however often, and the proxy login for good', () => {
  const { add, addTemporary, redact } = createRedactor();
  const token = (index: number) => createHash('sha256').update(`token ${index}`).digest('hex');
  add('login-of-the-proxy-1');
  addTemporary('key-that-assumes-the-role');
  for (let index = 0; index < 1000; index++) {
    addTemporary(token(index));
    // Each renewal needs it again.
    addTemporary('key-that-assumes-the-role');
  }
  const hidden = (text: string) => !redact(`|${text}|`).includes(text);
  for (const text of ['login-of-the-proxy-1', 'key-that-assumes-the-role']) assert.ok(hidden(text), text);
  assert.ok(hidden(token(999)) && hidden(token(980)));
  assert.ok(!hidden(token(900)), 'every token is kept');
});
