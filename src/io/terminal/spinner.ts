/**
 * The frames of ora's spinner, each for its time, through ora, its only importer: ora's own drawing leaves rows behind when a
 * window narrows.
 */
export async function spinnerFrames(name: 'dots' | 'line'): Promise<() => string> {
  const { default: ora } = await import('ora');
  // It draws nothing, so it must neither look at the terminal nor take its input.
  const spinner = ora({ spinner: name, color: false, isEnabled: false, discardStdin: false });
  return () => spinner.frame();
}
