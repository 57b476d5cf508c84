/** Something that holds the terminal from `start` to `stop`, and may be started again. */
export interface LivePart {
  start(): void;
  /**
   * Gives back what was taken: the lines are erased, the cursor shown, the input as it was. Where the terminal is another job's by
   * now, only the cursor is shown.
   */
  stop(terminal: { readonly ownsTerminal: boolean }): void;
}

/** A part that draws. */
export interface Drawing extends LivePart {
  /** Lets `write` write whole lines to the same terminal: they appear above what is drawn. */
  writeAbove(write: () => void): void;
}
