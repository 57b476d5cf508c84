import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { MmaiError } from '../../src/errors.ts';

/** MMAI_FUZZ_MINUTES is shared by all properties of a file; without it each gets a few runs, always the same ones. */
const minutes = Number(process.env.MMAI_FUZZ_MINUTES ?? 0);
/** MMAI_FUZZ_SEED repeats a run of `npm run fuzz`; it prints the seed it took. */
const seed = Number(process.env.MMAI_FUZZ_SEED ?? (minutes > 0 ? Date.now() % 2 ** 31 : 1));

/** Any code point but the halves of a pair, as fast-check's `binary`, which first makes a table of a million of them in 0.7 s. */
export const codePoint = fc
  .integer({ min: 0, max: 0x10f7ff })
  .map((n) => String.fromCodePoint(n < 0xd800 ? n : n + 0x800));

/** A property as a test. `runs` is for `npm test`; `share` is the part of the minutes that it gets. */
export function property<T>(
  name: string,
  arbitrary: fc.Arbitrary<T>,
  check: (value: T) => void | Promise<void>,
  { runs = 200, share = 0.1 }: { runs?: number; share?: number } = {},
): void {
  it(name, { timeout: (minutes + 1) * 60_000 }, async (t) => {
    const long = { numRuns: Number.MAX_SAFE_INTEGER, interruptAfterTimeLimit: minutes * 60_000 * share };
    if (minutes > 0) t.diagnostic(`seed ${seed}`);
    await fc.assert(
      fc.asyncProperty(arbitrary, async (value) => check(value)),
      { seed, numRuns: runs, ...(minutes > 0 && long) },
    );
  });
}

/** Runs a parser: a value or a usage error that names it, and nothing else thrown. */
export function refusesAtMost<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    assert.ok(error instanceof MmaiError, `threw ${error instanceof Error ? error.stack : error}`);
    assert.equal(error.exitCode, 2);
    return undefined;
  }
}

/** Line breaks and tabs are ours, any other control character and every mark that turns text around is not. */
export function assertSafe(text: string): void {
  assert.doesNotMatch(text.replace(/[\n\t]/g, ''), /\p{Cc}|\p{Bidi_Control}|[\u2028\u2029]|##\[/u);
}

/** Text as users and attackers give it: whatever there is, long runs, and pieces that mean something to a parser. */
export function hostileText(pieces: readonly string[]): fc.Arbitrary<string> {
  const piece = fc.oneof(
    fc.constantFrom(...pieces),
    fc.string({ unit: codePoint, maxLength: 12 }),
    fc.nat().map(String),
    fc.tuple(fc.constantFrom(...pieces), fc.nat(5000)).map(([text, times]) => text.slice(0, 4).repeat(times)),
  );
  return fc.array(piece, { maxLength: 6 }).map((parts) => parts.join(''));
}
