import { truncated } from '../../text/width.ts';
import type { Drawing } from './live-part.ts';

/** How often the text is asked for, in ms. */
const REFRESH_MS = 250;

/** One line beside a spinner, through ora, its only importer; `text` is asked for again and again, and cut to the window. */
export async function createSpinner(stream: NodeJS.WriteStream, text: () => string): Promise<Drawing> {
  const { default: ora } = await import('ora');
  // A text that wraps would be redrawn in the wrong place; the spinner itself and a space take two columns.
  const cut = () => truncated(text(), Math.max(1, stream.columns - 3));
  // Ctrl-C must stay a signal: by default ora takes the terminal's raw mode.
  const spinner = ora({ stream, discardStdin: false });
  let timer: NodeJS.Timeout | undefined;
  return {
    start() {
      spinner.start(cut());
      timer = setInterval(() => {
        spinner.text = cut();
      }, REFRESH_MS);
    },
    // ora itself makes way for what others write.
    aside: (write) => write(),
    stop() {
      clearInterval(timer);
      spinner.stop();
    },
  };
}
