import type { Style } from '../io/terminal/style.ts';
import type { Messages } from '../locales/en/messages.ts';

/** Lines for stderr with the words that begin them in colour: `error:`, `warning:`, `hint:`. */
export function paintLabels(text: string, style: Style, { error, warning, hint }: Messages): string {
  const labels: readonly (readonly [label: string, paint: (text: string) => string])[] = [
    [error.trimEnd(), style.error],
    [warning.trimEnd(), style.warning],
    [hint.trimEnd(), style.dim],
  ];
  const painted = (line: string) => {
    const [indent = ''] = /^ */.exec(line) ?? [];
    const [label, paint] = labels.find(([one]) => line.startsWith(one, indent.length)) ?? [];
    return label && paint ? indent + paint(label) + line.slice(indent.length + label.length) : line;
  };
  return text.split('\n').map(painted).join('\n');
}
