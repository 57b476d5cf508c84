/**
 * Splits a command line into words as a POSIX shell would, without expanding anything: aliyun-cli's rules for `process_command`.
 * On Windows a backslash separates folders, so it escapes nothing but a quotation mark inside quotation marks. Undefined when
 * there is no word, or a quotation mark is left open.
 */
export function splitCommandLine(line: string, isWindows: boolean): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let i = 0; i < line.length; i++) {
    const c = line[i]!;
    const next = line[i + 1];
    if (c === '\\' && next !== undefined && escapes(next, quote, isWindows)) {
      // A line that goes on in the next one begins no word.
      if (next !== '\n') word = (word ?? '') + next;
      i += 1;
    } else if (quote ? c === quote : c === '"' || c === "'") {
      quote = quote ? '' : c;
      word ??= '';
    } else if (!quote && /\s/.test(c)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + c;
  }
  if (word !== undefined) words.push(word);
  return quote || words.length === 0 ? undefined : words;
}

// --- internal ---

function escapes(next: string, quote: string, isWindows: boolean): boolean {
  if (quote === "'") return false;
  if (isWindows) return quote === '"' && next === '"';
  return quote === '' || '"\\$`\n'.includes(next);
}
