/** 模板文本：插入的值与相邻文字之间，仅在汉字遇到西文时补一个空格，因此模板在插入处不写空格。 */
export function spaced(parts: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  return parts.reduce((text, part, index) => joined(joined(text, String(values[index - 1])), part));
}

// --- internal ---

const HAN = /\p{Script=Han}/u;
const WESTERN = /[!-~]/;

function joined(one: string, other: string): string {
  const [last = '', first = ''] = [one.at(-1), other[0]];
  const needsSpace = (HAN.test(last) && WESTERN.test(first)) || (WESTERN.test(last) && HAN.test(first));
  return needsSpace ? `${one} ${other}` : one + other;
}
