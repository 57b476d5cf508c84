import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Meddle, wait } from '../../support/wait.ts';

describe('checking now', () => {
  it('asks about every waiting task at once, and keeps the last poll before the deadline', async () => {
    let pressed = 0;
    const press: Meddle = (waiter, clock) => {
      // Pressed 4 s after each poll of the last ten seconds.
      if (clock.monotonic() > 48_000 && pressed++ < 2) void clock.sleep(4000).then(() => waiter.checkNow());
    };
    const { asked, end, elapsed } = await wait({ 1: () => 1 }, { timeoutMs: 60_000, meddle: press });
    const late = asked.map(({ at }) => at).filter((at) => at > 48);
    assert.equal(late[1]! - late[0]!, 4);
    assert.ok(late.at(-1)! >= 58 && late.at(-1)! < 60, String(late));
    assert.equal(end.exitCode, 124);
    assert.ok(elapsed <= 60);
  });
});
