/** Words further away than this are no slip of the fingers. In edits. */
const MAX_EDITS = 3;

/**
 * The candidate that is fewest edits from `word`, or begins or ends with it (`timeout` of `--request-timeout`), in any case and
 * whatever the dashes before it; undefined where none is near: at most 3 edits, and a third of the word.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const wanted = bare(word);
  const limit = Math.min(MAX_EDITS, Math.floor(wanted.length / 3));
  let best: { candidate: string; distance: number } | undefined;
  for (const candidate of candidates) {
    const name = bare(candidate);
    const distance = isPart(wanted, name) ? 0 : editDistance(wanted, name, limit);
    if (distance <= limit && distance < (best?.distance ?? Number.POSITIVE_INFINITY)) best = { candidate, distance };
  }
  return best?.candidate;
}

// --- internal ---

function bare(name: string): string {
  return name.replace(/^-+/, '').toLowerCase();
}

function isPart(word: string, name: string): boolean {
  return word.length >= 3 && (name.startsWith(word) || name.endsWith(`-${word}`) || name.endsWith(`.${word}`));
}

/**
 * Insertions, deletions, substitutions and swaps of neighbours from one text to the other (optimal string alignment), row by row;
 * infinite where the lengths alone tell that they are more than `limit`.
 */
function editDistance(from: string, to: string, limit: number): number {
  if (Math.abs(from.length - to.length) > limit) return Number.POSITIVE_INFINITY;
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const substituted = previous[column - 1]! + (from[row - 1] === to[column - 1] ? 0 : 1);
      const isSwap = row > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      const swapped = isSwap ? beforePrevious[column - 2]! + 1 : Number.POSITIVE_INFINITY;
      current[column] = Math.min(substituted, previous[column]! + 1, current[column - 1]! + 1, swapped);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[to.length]!;
}
