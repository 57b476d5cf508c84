/** Whether a variable that is a switch is on: empty, `0`, `false`, `no` and `off` are off, anything else is on. */
export function isSwitchedOn(value: string | undefined): boolean {
  return !/^(0|false|no|off)?$/i.test(value?.trim() ?? '');
}
