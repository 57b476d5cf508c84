/** What an error means for somebody who asks for a task's status, and what to do next. Keys are the topics of `catalogue.ts`. */
export const codesEn = {
  internalError: {
    meaning: 'something failed inside the service; it says nothing about the task',
    hint: 'see https://error-center.aliyun.com/status/product/multimediaai, and give the request id to Alibaba Cloud support',
  },
  serviceUnavailable: {
    meaning: 'the service is unavailable at the moment; it says nothing about the task',
    hint: 'try again later; to wait out a longer outage, raise --retries, or --error-budget for watch',
  },
  throttled: {
    meaning: 'the account asks more often than its quota for this operation allows',
    hint: 'ask for fewer tasks at once',
  },
  throttledConcurrency: {
    meaning: 'too many requests are under way at the same time',
    hint: 'run fewer clients at once',
  },
  throttledSystem: {
    meaning: 'the service as a whole has too much to do',
    hint: 'try again later',
  },

  wrongSecret: {
    meaning: 'the signature does not match: most likely the AccessKey secret is wrong, or that of another AccessKey id',
    hint: 'type it again with "mmai config set access-key-secret", or correct ALIBABA_CLOUD_ACCESS_KEY_SECRET',
  },
  wrongCanonicalization: {
    meaning: 'the request did not arrive as mmai signed it: a proxy changed it, or mmai has a bug',
    hint: 'bypass the proxy, or try "--signature acs3"; if it persists, report it with the output of --debug',
  },
  accessKeyNotFound: {
    meaning: 'the service does not know this AccessKey id: mistyped, deleted, or from another Alibaba Cloud site',
    hint: 'compare "mmai config get access-key-id" with the RAM console; if it starts with STS., set its token too',
  },
  accessKeyDisabled: {
    meaning: 'this AccessKey is disabled',
    hint: 'enable it in the RAM console, or give another one with "mmai config init"',
  },
  tokenExpired: {
    meaning: 'the temporary credentials have expired',
    hint: 'get a new id, secret and token and set all three',
  },
  tokenRefused: {
    meaning: 'the security token is damaged or belongs to another AccessKey',
    hint: 'id, secret and token are issued together: set all three again with "mmai config set"',
  },
  tokenMissing: {
    meaning: 'this AccessKey is a temporary one (STS) and its security token is missing',
    hint: 'give it with "mmai config set security-token", or in ALIBABA_CLOUD_SECURITY_TOKEN',
  },

  noPermission: {
    meaning: 'the RAM user or role of this AccessKey is not allowed to ask for the status of tasks',
    hint: 'grant it the action multimediaai:GetTaskStatus in the RAM console, or use another identity with --profile',
  },
  forbidden: {
    meaning: 'the service refuses this account, or the RAM user or role of this AccessKey',
    hint: 'grant multimediaai:GetTaskStatus in the RAM console; if the message says a beta has expired, activate the service',
  },
  ramNotSupported: {
    meaning: 'the service does not accept RAM users here',
    hint: 'use an AccessKey of the Alibaba Cloud account itself: "mmai config init --profile NAME"',
  },
  riskControl: {
    meaning: "Alibaba Cloud's risk control has blocked the request",
    hint: 'look for a notice in the Alibaba Cloud console, or give the request id to Alibaba Cloud support',
  },
  serviceNotOpened: {
    meaning: 'the account of this AccessKey has not purchased the service',
    hint: 'purchase it in the MultimediaAI console, or choose the account that owns the task with --profile',
  },
  serviceNotSelected: {
    meaning: 'the account of this AccessKey has not activated this service',
    hint: 'activate it in the MultimediaAI console, or choose the account that owns the task with --profile',
  },
  noBalance: {
    meaning: 'the balance of the account is insufficient',
    hint: 'top up the account in the Alibaba Cloud console, then ask again',
  },

  clockSkew: {
    meaning: "the service does not accept the request's time: most likely the clock here is over 15 minutes off",
    hint: 'set the clock, preferably with NTP',
  },
  timestampFormat: {
    meaning: "the service cannot read the request's time",
    hint: 'a proxy may have changed it: bypass it, or try "--signature acs3"; if it persists, it is a bug in mmai',
  },
  nonceUsed: {
    meaning: 'the service has seen this very request before: something on the way sent it twice',
    hint: 'look for a proxy that repeats requests',
  },

  taskNotFound: {
    meaning: 'there is no such task for this account in this region',
    hint: 'check the id, and use the --region and --profile that the task was submitted with; a new task may take seconds to appear',
  },
  taskGone: {
    meaning: 'the task was there a moment ago, and there is no such task any more',
    hint: 'was it cancelled or deleted?',
  },
  apiNotFound: {
    meaning: 'the host that answered does not offer GetTaskStatus in version 2019-08-10',
    hint: 'check --endpoint or leave it out, and try "--region cn-beijing"',
  },
  regionNotFound: {
    meaning: 'there is no such region, or the service is not in it',
    hint: 'try "--region cn-beijing", and keep it with "mmai config set region cn-beijing"',
  },
  invalidParameter: {
    meaning: 'the service does not accept a parameter; its message may name it',
    hint: 'check the task id and the region; --dry-run shows what mmai sends',
  },
  formatRefused: {
    meaning: 'the service does not know the format asked for',
    hint: 'use "--format json"',
  },
  parameterTooLong: {
    meaning: 'a parameter is longer than the service allows; its message may name it',
    hint: 'check the task id and the region; --dry-run shows what mmai sends',
  },
  missingParameter: {
    meaning: 'a required parameter did not arrive; the code or message may name it',
    hint: '--dry-run shows what mmai sends; if it is there, a proxy dropped it: bypass it, or try "--method post"',
  },

  signatureMethod: {
    meaning: 'the host does not accept this way of signing',
    hint: 'switch between "--signature v1" and "--signature acs3", and check --endpoint',
  },
  httpMethod: {
    meaning: 'the host does not accept this HTTP method',
    hint: 'switch between "--method get" and "--method post"',
  },
  needsHttps: {
    meaning: 'the host accepts https only',
    hint: 'write https:// in --endpoint, or leave --endpoint out',
  },
  bodyDamaged: {
    meaning: 'the body of the request arrived damaged',
    hint: 'bypass the proxy or use "--method get", which sends no body',
  },

  faceImageLimit: {
    meaning: 'the account has reached its limit of face images',
    hint: 'asking for a status adds none: delete some in the MultimediaAI console, then ask again',
  },
  applicationLimit: {
    meaning: 'the account has reached its limit of applications',
    hint: 'asking for a status adds none: delete some in the MultimediaAI console, then ask again',
  },
  uploadLimit: {
    meaning: 'the account has reached its limit of uploaded files',
    hint: 'asking for a status adds none: delete some in the MultimediaAI console, then ask again',
  },
  fileContent: {
    meaning: 'the service does not accept the content of a file',
    hint: 'asking for a status sends no file: check the one that the task was submitted with',
  },
  parameterExists: {
    meaning: 'what a parameter names exists already; the message may name it',
    hint: 'asking for a status creates nothing: check the request that submitted the task',
  },
  templateInUse: {
    meaning: 'an associated template exists already',
    hint: 'asking for a status changes no template: check the templates in the MultimediaAI console',
  },

  bodyTooLarge: {
    meaning: 'the answer is far larger than any that the service gives, so mmai stopped reading',
    hint: 'something else seems to have answered: check --endpoint and the proxy',
  },
  certificate: {
    meaning: "the host's certificate was not issued by an authority that mmai trusts",
    hint: 'if a proxy inspects TLS, or the host has a private CA, add that CA with --ca-file or NODE_EXTRA_CA_CERTS',
  },
  certificateExpired: {
    meaning: "the host's certificate is not valid at this time: it has expired, or is not valid yet",
    hint: 'check the clock here; if it is right, the certificate has to be renewed by whoever runs the host or the proxy',
  },
  certificateName: {
    meaning: "the host's certificate is that of another host",
    hint: 'check --endpoint and --region; something between here and the host may also answer in its place',
  },
  connectionRefused: {
    meaning: 'nothing accepts connections at this host and port',
    hint: 'check --endpoint and the firewall; "mmai config check" shows each step on the way to the host',
  },
  connectionReset: {
    meaning: 'the connection broke before the answer was complete',
    hint: 'check network, proxy and firewall',
  },
  dns: {
    meaning: "the host's name cannot be resolved",
    hint: 'check the spelling of --region and --endpoint, then the network and its DNS',
  },
  htmlPage: {
    meaning: 'a web page came instead of an answer: from a proxy, a gateway or a login page of the network',
    hint: 'log in to the network if it asks you to, and check --endpoint and the proxy',
  },
  noResources: {
    meaning: 'this machine has no sockets, open files or memory left for the connection',
    hint: 'close other programs, or raise the limit of open files with "ulimit -n"',
  },
  protocol: {
    meaning: 'what listens at this host and port does not speak the expected protocol',
    hint: 'check --endpoint: http:// or https://, and the port',
  },
  proxy: {
    meaning: 'the proxy cannot be reached, or cannot reach the host',
    hint: 'check its address in HTTPS_PROXY (HTTP_PROXY for http://), or name the host in NO_PROXY to go past it',
  },
  proxyAuthentication: {
    meaning: 'the proxy wants a user name and a password, and none or wrong ones were given',
    hint: 'write HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT, with special characters percent-encoded (@ is %40)',
  },
  proxyRefused: {
    meaning: 'the proxy does not allow connections to this host',
    hint: 'ask its administrators to allow the host, or name the host in NO_PROXY to go past the proxy',
  },
  proxyScheme: {
    meaning: 'the proxy wants a kind of authentication that mmai does not have',
    hint: 'ask its administrators to allow Basic, or run a local proxy that logs in for you (such as cntlm or px) and name it in HTTPS_PROXY',
  },
  redirect: {
    meaning: 'the host redirects elsewhere; mmai never follows, so that no signed request reaches another server',
    hint: 'check --endpoint (is it https://?), and log in to the network if it asks you to',
  },
  timeout: {
    meaning: 'no complete answer came within the time limit of a request',
    hint: '"mmai config check" shows where it hangs; your network may need HTTPS_PROXY',
  },
  unreachable: {
    meaning: 'the host cannot be reached from this network',
    hint: 'check the connection, VPN and firewall, and whether a proxy has to be named in HTTPS_PROXY',
  },
  unreadable: {
    meaning: 'the answer is not what the service would send: neither JSON nor XML as documented',
    hint: 'check --endpoint and see "mmai status ID --raw"',
  },
};
