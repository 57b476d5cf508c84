/**
 * Examples for `--help`, the man page and the test that runs them, keyed by command path. They work as they stand, without
 * an account: a new user tries them first.
 */
export const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  '': ['mmai status 123 --simulate 0,1,2', 'mmai watch 123 --simulate 0,1,2', 'mmai explain Throttling'],
  status: [
    'mmai status 10051344 --simulate 2',
    'mmai status 10051344 400010 --simulate "10051344=2;1" --json',
    "mmai status 10051344 --simulate 2 --query 'tasks[0].state'",
    'until mmai status 10051344 --simulate 2 --exit-status -q || [ $? -ne 8 ]; do sleep 5; done',
    'mmai status 10051344 --dry-run=curl',
  ],
  watch: [
    'mmai watch 10051344 --simulate 0,1,2',
    'mmai watch 10051344 400010 --simulate 0,2 --any --timeout 2h',
    'mmai watch 10051344 --simulate 1,2 -o ndjson',
    'mmai watch 10051344 --dry-run',
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
  'config profiles': ['mmai config profiles', 'mmai config profiles --json'],
  'config check': ['mmai config check --simulate 2', 'mmai config check --simulate 2 --json'],
  'config import': ['mmai config import', 'mmai config import --force --json'],
  explain: [
    'mmai explain',
    'mmai explain SignatureDoesNotMatch',
    'mmai explain exit-codes',
    'mmai explain 3 --json',
    "mmai explain Throttling --query 'explanations[0].retry'",
  ],
  completion: [
    'eval "$(mmai completion bash)"   # in ~/.bashrc',
    'eval "$(mmai completion zsh)"    # in ~/.zshrc, after compinit',
    'mmai completion fish | source    # in ~/.config/fish/config.fish',
    'mmai completion powershell | Out-String | Invoke-Expression   # in $PROFILE',
  ],
  sandbox: [
    'mmai sandbox --port 8080 --script 0x2,1x3,2',
    'MMAI_ENDPOINT=http://127.0.0.1:8080 ALIBABA_CLOUD_ACCESS_KEY_ID=sandbox-key \\\n    ALIBABA_CLOUD_ACCESS_KEY_SECRET=sandbox-secret mmai status 123',
  ],
};
