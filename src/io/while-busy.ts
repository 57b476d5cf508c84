/** What Windows says while another process, a virus scanner for one, has a file open that is to be replaced, opened or removed. */
const BUSY = ['EPERM', 'EACCES', 'EBUSY', 'ENOTEMPTY'];
/** Others have such a file open for some ms. In ms, all pauses together. */
const LIMIT_MS = 1000;

/** The system and the pause, for tests. */
interface BusyOptions {
  readonly platform?: string;
  /** Blocks for so many ms. */
  readonly pause?: (ms: number) => void;
}

/**
 * Repeats a synchronous file operation while Windows refuses it because the file is in use, up to {@link LIMIT_MS}; then throws the
 * system's error. Elsewhere these errors last, and are thrown at once.
 */
export function retryWhileBusy<T>(
  operation: () => T,
  { platform = process.platform, pause = block }: BusyOptions = {},
): T {
  let waitedMs = 0;
  for (let pauseMs = 1; ; pauseMs *= 2) {
    try {
      return operation();
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (platform !== 'win32' || !BUSY.includes(code) || waitedMs + pauseMs > LIMIT_MS) throw error;
    }
    pause(pauseMs);
    waitedMs += pauseMs;
  }
}

// --- internal ---

function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
