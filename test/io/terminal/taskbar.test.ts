import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createTaskbar } from '../../../src/io/terminal/taskbar.ts';

describe('progress in the taskbar (OSC 9;4)', () => {
  const drawn = (env: Record<string, string>, progress: number) => {
    let text = '';
    const taskbar = createTaskbar({ write: (more) => (text += more) }, env, () => progress);
    taskbar?.start();
    taskbar?.stop({ ownsTerminal: true });
    return text;
  };

  it('shows how much is done and is always cleared', () => {
    assert.equal(drawn({ WT_SESSION: '1' }, 0.4), '\u001b]9;4;1;40\u001b\\\u001b]9;4;0;0\u001b\\');
  });
  it('shows no end in sight while nothing is done', () => {
    assert.match(drawn({ TERM_PROGRAM: 'ghostty' }, 0), /^\u001b\]9;4;3;0/);
  });
  it('is for terminals known to show it only', () => assert.equal(drawn({ TERM: 'xterm-256color' }, 0.4), ''));
});
