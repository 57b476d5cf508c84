/** What an error means for somebody who checks a task, and what to do next. Keys are the topics of `error-codes.ts`. */
export const codesEn = {
  internalError: {
    meaning: 'something failed inside the service; it says nothing about the task',
    hint: 'see https://error-center.aliyun.com/status/product/multimediaai, and give the request ID to Alibaba Cloud support',
  },
  serviceUnavailable: {
    meaning: 'the service is temporarily unavailable; it says nothing about the task',
    hint: 'try again later; to ride out a longer outage, raise --retries, or --error-budget for watch',
  },
  throttled: {
    meaning: 'the account exceeded its quota for this operation',
    hint: 'check fewer tasks at a time, or lower --max-rps for watch',
  },
  throttledConcurrency: {
    meaning: 'too many requests are in progress at the same time',
    hint: 'run fewer clients at once',
  },
  throttledSystem: {
    meaning: 'the service is overloaded',
    hint: 'try again later',
  },

  wrongSecret: {
    meaning:
      'the signature does not match: most likely the AccessKey secret is wrong, or belongs to another AccessKey ID',
    hint: 'enter it again with "mmai config set access-key-secret", or correct ALIBABA_CLOUD_ACCESS_KEY_SECRET',
  },
  wrongCanonicalization: {
    meaning: 'the request did not arrive as mmai signed it: a proxy changed it, or mmai has a bug',
    hint: 'bypass the proxy, or try "--signature acs3"; if that does not help, report it with the output of --debug',
  },
  accessKeyNotFound: {
    meaning: 'this AccessKey ID does not exist: it was mistyped or deleted, or belongs to another Alibaba Cloud site',
    hint: 'compare "mmai config get access-key-id" with the RAM console; if it starts with "STS.", set its security token too',
  },
  accessKeyDisabled: {
    meaning: 'this AccessKey is disabled',
    hint: 'enable it in the RAM console, or switch to another with "mmai config init"',
  },
  tokenExpired: {
    meaning: 'the temporary credentials have expired',
    hint: 'get a new AccessKey ID, secret and security token, and set all three',
  },
  tokenRefused: {
    meaning: 'the security token is malformed or belongs to another AccessKey',
    hint: 'AccessKey ID, secret and token are issued together: set all three again with "mmai config set"',
  },
  tokenMissing: {
    meaning: 'this is a temporary AccessKey (STS), and its security token is missing',
    hint: 'set it with "mmai config set security-token", or in ALIBABA_CLOUD_SECURITY_TOKEN',
  },

  noPermission: {
    meaning: 'the RAM user or role of this AccessKey is not allowed to query tasks',
    hint: 'grant it the policy AliyunMultimediaAIReadOnlyAccess or the actions multimediaai:GetTaskStatus and multimediaai:GetTaskResult in the RAM console, or use another identity with --profile',
  },
  forbidden: {
    meaning: 'the service denies access to this account, or to the RAM user or role of this AccessKey',
    hint: 'grant it the policy AliyunMultimediaAIReadOnlyAccess or the actions multimediaai:GetTaskStatus and multimediaai:GetTaskResult in the RAM console; if the message says that a beta has expired, activate the service',
  },
  ramNotSupported: {
    meaning: 'this operation does not support RAM users',
    hint: 'use an AccessKey of the Alibaba Cloud account itself: "mmai config init --profile NAME"',
  },
  riskControl: {
    meaning: "Alibaba Cloud's risk control has blocked the request",
    hint: 'look for a notice in the Alibaba Cloud console, or give the request ID to Alibaba Cloud support',
  },
  serviceNotOpened: {
    meaning: 'the account of this AccessKey has not purchased the service',
    hint: 'purchase it in the MultimediaAI console, or select the account that owns the task with --profile',
  },
  serviceNotSelected: {
    meaning: 'the account of this AccessKey has not activated this service',
    hint: 'activate it in the MultimediaAI console, or select the account that owns the task with --profile',
  },
  noBalance: {
    meaning: 'the account balance is insufficient',
    hint: 'top up the account in the Alibaba Cloud console, then try again',
  },

  clockSkew: {
    meaning: "the service rejected the request's timestamp: most likely the local clock is more than 15 minutes off",
    hint: 'correct the clock, preferably with NTP',
  },
  timestampFormat: {
    meaning: "the service cannot parse the request's timestamp",
    hint: 'a proxy may have changed it: bypass the proxy, or try "--signature acs3"; if that does not help, it is a bug in mmai',
  },
  nonceUsed: {
    meaning: 'the service has already received this exact request: something in between sent it twice',
    hint: 'check for a proxy that resends requests',
  },

  taskNotFound: {
    meaning: 'no such task exists for this account in this region',
    hint: 'check the task ID, and use the --region and --profile that the task was submitted with; a new task can take a few seconds to appear',
  },
  taskGone: {
    meaning: 'the task existed a moment ago, and no longer does',
    hint: 'it may have been canceled or deleted',
  },
  apiNotFound: {
    meaning: 'this host does not offer the operation in version 2019-08-10',
    hint: 'check --endpoint or omit it, and try "--region cn-beijing"',
  },
  regionNotFound: {
    meaning: 'this region does not exist, or the service is not available in it',
    hint: 'try "--region cn-beijing"; to make it the default, run "mmai config set region cn-beijing"',
  },
  invalidParameter: {
    meaning: 'a parameter is invalid; the message may name it',
    hint: 'check the task ID and the region; --dry-run shows what mmai sends',
  },
  formatRefused: {
    meaning: 'the service does not support the requested format',
    hint: 'use "--format json"',
  },
  parameterTooLong: {
    meaning: 'a parameter is longer than the service allows; the message may name it',
    hint: 'check the task ID and the region; --dry-run shows what mmai sends',
  },
  missingParameter: {
    meaning: 'a required parameter did not arrive; the code or message may name it',
    hint: '--dry-run shows what mmai sends; if the parameter is there, a proxy dropped it: bypass the proxy, or try "--method post"',
  },

  signatureMethod: {
    meaning: 'the host does not support this signature method',
    hint: 'switch between "--signature v1" and "--signature acs3", and check --endpoint',
  },
  httpMethod: {
    meaning: 'the host does not support this HTTP method',
    hint: 'switch between "--method get" and "--method post"',
  },
  needsHttps: {
    meaning: 'the host only accepts HTTPS',
    hint: 'use https:// in --endpoint, or omit --endpoint',
  },
  bodyDamaged: {
    meaning: 'the request body was corrupted on the way',
    hint: 'bypass the proxy, or use "--method get", which sends no body',
  },

  faceImageLimit: {
    meaning: 'the account has reached its limit of face images',
    hint: 'checking a task adds none: delete some in the MultimediaAI console, then try again',
  },
  applicationLimit: {
    meaning: 'the account has reached its limit of applications',
    hint: 'checking a task adds none: delete some in the MultimediaAI console, then try again',
  },
  uploadLimit: {
    meaning: 'the account has reached its limit of uploaded files',
    hint: 'checking a task adds none: delete some in the MultimediaAI console, then try again',
  },
  fileContent: {
    meaning: 'the service rejected the content of a file',
    hint: 'checking a task sends no file: check the one that the task was submitted with',
  },
  parameterExists: {
    meaning: 'what a parameter refers to already exists; the message may name it',
    hint: 'checking a task creates nothing: check the request that submitted the task',
  },
  templateInUse: {
    meaning: 'an associated template already exists',
    hint: 'checking a task changes no template: check the templates in the MultimediaAI console',
  },

  bodyTooLarge: {
    meaning: 'the response is far larger than anything the service returns, so mmai stopped reading',
    hint: 'the response probably came from something else: check --endpoint and the proxy',
  },
  certificate: {
    meaning: "the host's certificate, or the certificate authority that issued it, is not trusted",
    hint: 'if a proxy inspects TLS, or the host has a private CA, add that CA with --ca-file or NODE_EXTRA_CA_CERTS',
  },
  certificateExpired: {
    meaning: "the host's certificate has expired, or is not valid yet",
    hint: 'check the local clock; if it is correct, whoever runs the host or the proxy has to renew the certificate',
  },
  certificateName: {
    meaning: "the host's certificate was issued for another host name",
    hint: 'check --endpoint and --region; a proxy or firewall may also be responding in place of the host',
  },
  connectionRefused: {
    meaning: 'nothing is listening on this host and port',
    hint: 'check --endpoint and the firewall; "mmai config check" shows each step of the connection',
  },
  connectionReset: {
    meaning: 'the connection was closed before the response was complete',
    hint: 'check the network, the proxy and the firewall',
  },
  dns: {
    meaning: 'the host name cannot be resolved',
    hint: 'check the spelling of --region and --endpoint, then the network and its DNS',
  },
  htmlPage: {
    meaning: 'the response is a web page, from a proxy, a gateway or the login page of the network',
    hint: 'log in to the network if it asks you to, and check --endpoint and the proxy',
  },
  noResources: {
    meaning: 'this machine has run out of sockets, file descriptors or memory',
    hint: 'close other programs, or raise the limit on open files ("ulimit -n") or memory ("ulimit -v")',
  },
  protocol: {
    meaning: 'the server at this host and port does not speak the expected protocol',
    hint: 'check --endpoint: http:// or https://, and the port',
  },
  proxy: {
    meaning: 'the proxy cannot be reached, or cannot reach the host',
    hint: 'check its address in HTTPS_PROXY (HTTP_PROXY for http://), or add the host to NO_PROXY to bypass it',
  },
  proxyAuthentication: {
    meaning: 'the proxy requires a user name and password, and they are missing or wrong',
    hint: 'set HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT, with special characters percent-encoded (@ is %40)',
  },
  proxyRefused: {
    meaning: 'the proxy does not allow connections to this host',
    hint: 'ask its administrator to allow the host, or add the host to NO_PROXY to bypass the proxy',
  },
  proxyScheme: {
    meaning: 'the proxy requires an authentication scheme that mmai does not support',
    hint: 'ask its administrator to allow Basic, or run a local proxy that logs in for you (such as cntlm or px) and set HTTPS_PROXY to it',
  },
  redirect: {
    meaning:
      'the host redirects elsewhere; mmai does not follow redirects, so that no signed request reaches another server',
    hint: 'check --endpoint (is it https://?), and log in to the network if it asks you to',
  },
  timeout: {
    meaning: 'no complete response arrived within the request timeout',
    hint: 'your network may require HTTPS_PROXY; "mmai config check" shows where it hangs',
  },
  unreachable: {
    meaning: 'the host cannot be reached from this network',
    hint: 'check the connection, the VPN and the firewall, and whether your network requires HTTPS_PROXY',
  },
  unreadable: {
    meaning: 'the response is neither the JSON nor the XML that the service documents',
    hint: 'check --endpoint; "mmai status ID --raw" or "mmai result ID --raw" shows the response',
  },
};
