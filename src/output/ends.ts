import type { TaskEnd } from '../core/outcome.ts';
import type { Messages } from '../locales/en/messages.ts';

/** Why a task is watched no longer, in words; undefined where its state says it. A new end does not compile without its words. */
export function endText(end: TaskEnd | 'pending' | 'notChecked', { watch }: Messages): string | undefined {
  switch (end) {
    case 'pending':
    case 'notChecked':
    case 'succeeded':
    case 'failed':
    case 'running':
      return undefined;
    default:
      return watch.ends[end];
  }
}
