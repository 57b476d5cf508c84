/** Help texts: descriptions of commands and flags. */
export const helpEn = {
  program: 'Ask and wait for Alibaba Cloud MultimediaAI tasks: is it done, and how did it end?',
  version: 'print the version',
  help: 'print this help',
  helpCommand: 'print the help of a command',
  after: (exitCodes: string) =>
    `Exit codes:\n${exitCodes}\n\nTry it without an account: mmai status 123 --simulate 0,1,2`,
  commands: {
    status: 'look at each task once',
    watch: 'poll until every task has ended; the outcome is the exit code',
    config: 'keep AccessKey, region and other settings, by profile',
    sandbox: 'serve a local double of the service, to try and test scripts against',
  },
  arguments: {
    taskId: 'ids of tasks; "-", or none while something is piped in, reads them from standard input, one per line',
  },
  flags: {
    profile: 'use this profile (also MMAI_PROFILE)',
    region: 'region of the service (default: cn-beijing)',
    endpoint: 'host, or http(s)://host[:port], instead of the one of the region',
    format: 'format asked for on the wire (default: json)',
    signature: 'how requests are signed (default: v1)',
    method: 'HTTP method (default: get)',
    requestTimeout: 'time limit of one request (default: 10s)',
    retries: 'retries of a request after a transient failure (default: 3)',
    caFile: 'PEM file of certificate authorities to trust besides the usual ones',
    output: 'text, json or tsv; status also raw (default: text)',
    json: 'the same as --output json',
    query: 'JMESPath expression put to the json document',
    quiet: 'nothing on standard error',
    lang: 'language (also MMAI_LANG)',
    color: 'auto, always or never',
    debug: 'tell every decision on standard error (also MMAI_DEBUG)',
    dryRun: 'print what would be sent, send nothing; form: request, curl or node',
    simulate: 'run against a sandbox inside the command, for example 0x2,1x3,2',
    raw: "the service's answer, byte for byte (the same as --output raw)",
    exitStatus: 'exit 0, 1 or 8: succeeded, failed or not finished yet',
    timeout: 'one deadline for all tasks; none for no limit',
    interval: 'time between polls of a task; auto is the square root of its age',
    maxInterval: 'the longest time between polls with auto',
    any: 'until one task succeeded',
    count: 'until so many tasks succeeded',
    failFast: 'stop at the first task that does not succeed',
    errorBudget: 'bear consecutive transient errors of a task for so long',
    notFoundGrace: 'ask again for a task not found for so long',
    queueTimeout: 'give a task up that is submitting for so long',
    stallTimeout: 'give a task up that shows no change for so long',
    maxRps: 'requests per second over all tasks',
    timeoutExitCode: 'exit code of a deadline',
    heartbeat: 'how often to tell that the wait goes on',
    progress: 'auto: a spinner for one task at a terminal, else lines; plain: lines; none',
    port: 'port to listen on; 0 takes a free one',
    script: 'what the tasks do, for example 0x2,1x3,2 or 123=0,2;456=1,3',
    latency: 'time every answer takes',
    faultRate: 'share of answers replaced by a random fault, from 0 to 1',
    reveal: 'show secrets instead of masking them',
    showOrigin: 'say where each value comes from',
    listJson: 'one JSON document',
  },
  config: {
    init: 'ask for AccessKey and region, and store them',
    set: 'store a setting; a secret without a value is asked for, or read from standard input',
    get: 'print the value in effect',
    list: 'print every value in effect',
    unset: 'remove a setting',
    path: 'print where the file is',
    use: 'make a profile the current one',
    profiles: 'list the profiles, the current one marked',
  },
  keys: (keys: string) => `Settings: ${keys}`,
  statusExamples: `Examples:
  mmai status 10051344
  mmai status 10051344 400010 --json
  mmai status 10051344 --query 'tasks[0].state'
  until mmai status 10051344 --exit-status -q || [ $? -ne 8 ]; do sleep 5; done
  mmai status 10051344 --dry-run=curl`,
  sandboxExamples: `Example, in two terminals:
  mmai sandbox --port 8080 --script 0x2,1x3,2
  MMAI_ENDPOINT=http://127.0.0.1:8080 ALIBABA_CLOUD_ACCESS_KEY_ID=sandbox-key \\
    ALIBABA_CLOUD_ACCESS_KEY_SECRET=sandbox-secret mmai status 123`,
};
