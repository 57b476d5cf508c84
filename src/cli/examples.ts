import type { Messages } from '../locales/en/messages.ts';
import { aligned } from '../text/width.ts';

/**
 * Examples for `--help`, the man page and the test that runs them, keyed by command path. The first of a command is the one
 * that most users need; those with --simulate work without an account. Double quotes, which every shell knows.
 */
export const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  '': [
    'mmai watch 10051344 --timeout 2h',
    'mmai status 10051344',
    'mmai watch 123 --simulate "0,1,2"',
    'mmai explain Throttling',
  ],
  status: [
    'mmai status 10051344',
    'mmai status 10051344 400010 --json',
    'mmai status 10051344 --query "tasks[0].state"',
    'mmai status 10051344 --dry-run=curl',
    'mmai status 10051344 400010 --simulate "10051344=2;1" --exit-status || [ $? -eq 8 ]',
    'while code=0; mmai status 10051344 --exit-status -q >/dev/null || code=$?; [ $code -eq 8 ]; do sleep 5; done',
  ],
  watch: [
    'mmai watch 10051344 --timeout 2h',
    'mmai watch 10051344 400010 --any',
    'mmai watch 10051344 -o ndjson',
    'mmai watch 10051344 --dry-run',
    'mmai watch 10051344 --simulate "0,1,2"',
  ],
  result: [
    'mmai result 10051344',
    'mmai result 10051344 400010 --json',
    'mmai watch 10051344 && curl -o out.txt "$(mmai result 10051344 --query "tasks[0].result.url" -o text)"',
    'mmai result 10051344 400010 --simulate "10051344=2;3(Download fail)"',
  ],
  config: ['mmai config list --show-origin', 'mmai config set region cn-beijing', 'mmai config path'],
  'config init': ['mmai config init --profile work'],
  'config set': [
    'mmai config set region cn-beijing',
    'mmai config set retries 5 --profile work',
    'printf %s "$SECRET" | mmai config set access-key-secret',
  ],
  'config get': ['mmai config get region'],
  'config list': ['mmai config list --show-origin', 'mmai config list --json'],
  'config unset': ['mmai config unset region'],
  'config path': ['mmai config path'],
  'config use': ['mmai config use work'],
  'config delete': ['mmai config delete work --yes'],
  'config profiles': ['mmai config profiles', 'mmai config profiles --json'],
  'config check': ['mmai config check --simulate 2', 'mmai config check --simulate 2 --json'],
  'config import': ['mmai config import', 'mmai config import --force --json'],
  explain: [
    'mmai explain',
    'mmai explain SignatureDoesNotMatch',
    'mmai explain exit-codes',
    'mmai explain 3 --json',
    'mmai explain Throttling --query "explanations[0].retry"',
  ],
  completion: [
    'eval "$(mmai completion bash)"',
    'eval "$(mmai completion zsh)"',
    'mmai completion fish | source',
    'mmai completion powershell | Out-String | Invoke-Expression',
  ],
  sandbox: [
    'mmai sandbox --script "0,2" -- mmai watch 123',
    'mmai sandbox --port 8080 --script "0x2,1x3,2"',
    'MMAI_ENDPOINT=http://127.0.0.1:8080 ALIBABA_CLOUD_ACCESS_KEY_ID=sandbox-key \\\n    ALIBABA_CLOUD_ACCESS_KEY_SECRET=sandbox-secret mmai status 123',
  ],
};

/** The examples of a command, each with what there is to say of it. */
export function examplesOf(path: string, { help }: Messages): readonly string[] {
  const lines = EXAMPLES[path] ?? [];
  const notes: readonly string[] = path === 'completion' ? help.completionFiles : [];
  const rows = lines.map((line, index) => [line, notes[index] ? `# ${notes[index]}` : '']);
  return aligned(rows).map((row) => row.join('  '));
}
