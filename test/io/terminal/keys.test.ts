import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, it } from 'node:test';
import { createKeys, type Keyboard, raiseForGroup } from '../../../src/io/terminal/keys.ts';

/** A keyboard in raw mode. */
function keyboard(platform: string) {
  const keys: string[] = [];
  const stdin = Object.assign(new EventEmitter(), {
    fd: -1,
    setRawMode: () => stdin,
    resume: () => {},
    pause: () => {},
  });
  createKeys(
    stdin as unknown as Keyboard,
    (text) => keys.push(text),
    (name) => raiseForGroup(name, platform),
  ).start();
  return { keys, press: (text: string) => stdin.emit('data', Buffer.from(text)) };
}

describe('the keys on Windows, which has no signals to send', () => {
  it('end the run in an orderly way by Ctrl-C', () => {
    const names: string[] = [];
    const listen = (name: string) => names.push(name);
    process.on('SIGINT', listen);
    try {
      const { keys, press } = keyboard('win32');
      press('r\u0003');
      assert.deepEqual([keys, names], [['r\u0003'], ['SIGINT']]);
    } finally {
      process.off('SIGINT', listen);
    }
  });

  it('do nothing by Ctrl-Z and Ctrl-\\, which no console of Windows knows', () => {
    const { keys, press } = keyboard('win32');
    press('\u001a\u001cr');
    assert.deepEqual(keys, ['\u001a\u001cr']);
  });
});

it('keys that come at once, as a pasted text does, are handled once: each would have all tasks of a wait sorted', () => {
  const { keys, press } = keyboard('linux');
  press('r\n'.repeat(2000));
  assert.equal(keys.length, 1);
});
