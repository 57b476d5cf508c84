import assert from 'node:assert/strict';
import { it } from 'node:test';
import { plainStyle } from '../../src/io/terminal/style.ts';
import { en } from '../../src/locales/en/messages.ts';
import { zh } from '../../src/locales/zh/messages.ts';
import { paintLabels } from '../../src/output/paint.ts';

const style = {
  ...plainStyle,
  error: (text: string) => `<red>${text}</red>`,
  warning: (text: string) => `<yellow>${text}</yellow>`,
  dim: (text: string) => `<dim>${text}</dim>`,
};

it('the words that begin lines on standard error are in colour: error, warning and hint', () => {
  assert.equal(
    paintLabels('error: no error: here\n  hint: do it\nwarning: w\nplain\n', style, en),
    '<red>error:</red> no error: here\n  <dim>hint:</dim> do it\n<yellow>warning:</yellow> w\nplain\n',
  );
  assert.match(paintLabels(`${zh.error}x\n`, style, zh), /^<red>.*<\/red>x\n$/);
});

it('without colour nothing changes', () => {
  const text = 'error: x\n  hint: y\n';
  assert.equal(paintLabels(text, plainStyle, en), text);
});
