import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { XMLValidator } from 'fast-xml-parser';
import type { Frame, Run } from '../scripts/demo/record.ts';
import { svgOf } from '../scripts/demo/svg.ts';
import { en } from '../src/locales/en/messages.ts';
import { zh } from '../src/locales/zh/messages.ts';

const root = new URL('../', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, root), 'utf8');
const texts = (svg: string) =>
  [...svg.matchAll(/<g id="l\d+">(.*)<\/g>/g)].map(([, line]) =>
    line!
      .replace(/<text|<tspan/g, '\n$&')
      .replace(/<[^>]*>/g, '')
      .replace(/\n/g, '')
      .replace(/\s|\ufe0e/g, ''),
  );

describe('the pictures of the READMEs', () => {
  for (const [readme, picture, messages] of [
    ['README.md', '.github/demo.svg', en],
    ['README.zh-CN.md', '.github/demo.zh-CN.svg', zh],
  ] as const) {
    it(`${picture} is small, stands alone, and is described to who cannot see it`, () => {
      const svg = read(picture);
      assert.ok(Buffer.byteLength(svg) < 60_000);
      assert.equal(XMLValidator.validate(svg), true);
      assert.doesNotMatch(svg.replace('http://www.w3.org/2000/svg', ''), /https?:|<script|<image|url\(|@import|data:/);
      assert.match(svg, /<title>[^<]{20,}<\/title>/);
      assert.match(read(readme), new RegExp(`!\\[[^\\]]{20,}\\]\\(${picture}\\)`));
    });

    it(`${picture} shows what the program says today (npm run demo records it anew)`, () => {
      const shown = texts(read(picture));
      const { watch, states, counted } = messages;
      const squeezed = (text: string) => text.replace(/\s/g, '');
      const counts = [counted(4, watch.outcomes.succeeded), counted(1, watch.outcomes.failed)];
      const [before, after] = watch.verdict(watch.whys.ended, '|', counts).split('|').map(squeezed);
      assert.ok(shown.some((line) => line.startsWith(before!) && line.endsWith(after!)));
      const withoutNumbers = (line: string) => squeezed(line).replace(/\d+/g, '0');
      const footer = [watch.progress(3, 5), watch.elapsed('1s', '30m'), watch.nextCheck('1s'), watch.keys].join(' · ');
      assert.ok(shown.map(withoutNumbers).includes(withoutNumbers(footer)));
      for (const [glyph, state] of Object.entries({
        '✖': 'failed',
        '●': 'running',
        '○': 'submitting',
        '✔': 'succeeded',
      })) {
        const word = states[state as keyof typeof states];
        assert.ok(
          // A failed task has its reason behind it.
          shown.some((line) => new RegExp(`^${glyph}40001\\d${word}\\d+s${state === 'failed' ? '.' : '$'}`).test(line)),
          word,
        );
      }
      // The exit code, asked of the shell.
      assert.ok(shown.includes('1'));
    });
  }
});

describe('frames as SVG', () => {
  const plain = { color: undefined, isBold: false, isDim: false };
  const run = (text: string, column = 0, look: Partial<Run> = {}): Run => {
    return { ...plain, text, column, width: text.length, ...look };
  };
  const frame = (atMs: number, ...rows: Run[][]): Frame => ({ atMs, rows, cursor: { column: 0, row: 0 } });
  const size = { columns: 20, rows: 2, title: 'a <title>' };

  it('puts each word in its column, and escapes it', () => {
    const svg = svgOf([frame(0, [run('<a>  b&c'), run('!', 8, { color: 1, isBold: true })], [])], size);
    assert.equal(XMLValidator.validate(svg), true);
    assert.ok(svg.includes('<text class="t" y="15" x="0" textLength="25.2">&lt;a&gt;</text>'));
    assert.ok(svg.includes('<text class="t" y="15" x="42" textLength="25.2">b&amp;c</text>'));
    assert.ok(svg.includes('<text class="c1 s" y="15" x="67.2">!</text>'));
    assert.ok(svg.includes('<title>a &lt;title&gt;</title>'));
  });

  it('puts wide characters in two columns each', () => {
    const svg = svgOf([frame(0, [run('中文 x', 0)], [])], size);
    assert.ok(svg.includes('<tspan x="0">中</tspan><tspan x="16.8">文</tspan>'));
    assert.ok(svg.includes('x="42">x<'));
  });

  it('draws a line once that several frames show, and rests at the last frame', () => {
    const svg = svgOf([frame(0, [run('same')], []), frame(50, [run('same')], [run('new')])], size);
    assert.equal(svg.match(/>same</g)?.length, 1);
    assert.equal(svg.match(/href="#l0"/g)?.length, 2);
    assert.match(svg, /\.f\{transform:translateY\(-40px\)\}@media\(prefers-reduced-motion:no-preference\)/);
  });
});
