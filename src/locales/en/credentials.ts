import { fileProblem } from './files.ts';

/** Where credentials come from, and what is wrong with them. */
export const credentialsEn = {
  none: 'no credentials found',
  noneHint:
    'run "mmai config init", or set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET\nto try mmai without an account, add --simulate 0,1,2; "mmai config check" shows where mmai looked',
  halfConfigured: (where: string, missing: string) => `incomplete credentials in ${where}: ${missing} is missing`,
  noSuchProfile: (name: string, known: readonly string[]) =>
    `profile "${name}" does not exist; existing profiles: ${known.join(', ') || 'none'}`,
  noSuchProfileHint:
    'create it with "mmai config init --profile NAME", or copy the profiles of aliyun-cli with "mmai config import"',
  inAliyunHint: (name: string, word: string) =>
    `aliyun-cli has a profile "${name}": if its mode is AK, copy it with "mmai config import --profile ${word}"; or use it directly by setting ALIBABA_CLOUD_PROFILE=${word} instead of --profile`,
  noKeyInProfile: (name: string) => `profile "${name}" has no AccessKey`,
  noKeyInProfileHint: (name: string) =>
    `add one with "mmai config init --profile ${name}"; to use other credentials, omit --profile and MMAI_PROFILE`,
  fromEnvironment: (id: string, secret: string) => `environment variables ${id} and ${secret}`,
  fromProfile: (name: string) => `profile "${name}"`,
  fromNamedProfile: (name: string) => `profile "${name}" (explicitly selected)`,
  fromOidc:
    'environment variables ALIBABA_CLOUD_ROLE_ARN, ALIBABA_CLOUD_OIDC_PROVIDER_ARN and ALIBABA_CLOUD_OIDC_TOKEN_FILE',
  fromAliyun: (path: string) => `aliyun-cli's ${path}`,
  fromAliyunProfile: (name: string, mode: string, path: string) =>
    `profile "${name}" (${mode}) of aliyun-cli's ${path}`,
  fromFile: (path: string) => `credentials file ${path}`,
  fromSection: (name: string, path: string) => `section "${name}" of credentials file ${path}`,
  fromUri: (variable: string) => `the URI in ${variable}`,
  fromEcs: 'ECS instance metadata',
  off: (where: string, variable: string) => `${where} (disabled by ${variable})`,

  foreignFile: (where: string, name: string) =>
    `${where}: its ${name} is not used, since another user can change the file or a directory above it`,
  foreignFileHint:
    'keep the profile in a file and a directory that only you can write, or run mmai as the user who owns them',
  forbidden: (where: string, variable: string) => `${where}: forbidden by ${variable}`,
  unreadable: (where: string, code: string) => `cannot read ${where}: ${fileProblem(code)}`,
  tokenFile: (path: string, where: string) => `the token file ${path} named by ${where}`,
  malformed: (where: string) => `${where} is malformed, or belongs to another program`,
  malformedAliyunHint:
    'fix it, or move it away and run "aliyun configure"; to make mmai skip it, set ALIBABA_CLOUD_IGNORE_PROFILE=true',
  badLine: (where: string, line: number, why: string) => `${where}, line ${line}: ${why}`,
  badLineHint:
    'rewrite the line so that every SDK reads it the same way: [section], then key = value lines without quotes, with comments on their own lines',
  lineFaults: {
    noSection: 'a key before the first [section]',
    noDelimiter: 'neither a [section] nor key = value',
    bracket: 'a section must have the form [name], with no other "]" on the line',
    sectionBlanks: 'the section name has spaces inside the brackets',
    duplicateSection: 'this section already exists',
    duplicateKey: 'this key is already set in this section',
    inherited: 'some SDKs also use this key for the profile in use',
    indent: 'indented deeper than the line above, so some SDKs read it as a continuation of that value',
    continuation: 'ends in a backslash, so some SDKs append the next line',
    quotes: 'quotation marks, which some SDKs read as part of the value',
    commentMark: '"#" or ";" in the value, which some SDKs read as the start of a comment',
    percent: '"%" in the value, which some SDKs read as a reference',
    letterCase: 'some SDKs only recognize this key in lower case',
    invisible: 'a carriage return, a byte order mark or a control character within the line',
  },
  badCharacters: (where: string, name: string) =>
    `${where}: ${name} contains characters that cannot occur in it, such as a line break or a curly quotation mark`,
  noAliyunProfile: (name: string, path: string) => `aliyun-cli's ${path} has no profile "${name}"`,
  noAliyunProfileHint:
    'choose one of "aliyun configure list" with "aliyun configure switch --profile NAME"; to make mmai skip the file, set ALIBABA_CLOUD_IGNORE_PROFILE=true',
  noNamedProfile: (name: string, variable: string, path: string) =>
    `${variable} names profile "${name}", which exists neither in aliyun-cli's config.json nor in ${path}`,
  circle: (name: string, path: string) =>
    `profile "${name}" of aliyun-cli's ${path} refers to itself through source_profile`,
  emptySource: (where: string) => `${where}: the profile named by source_profile has no AccessKey`,
  unknownMode: (where: string, known: readonly string[]) =>
    `${where} has a mode that mmai does not support; supported: ${known.join(', ')}`,
  unknownModeHint: 'select another profile with ALIBABA_CLOUD_PROFILE, or set an AccessKey with "mmai config init"',
  unknownType: (where: string, known: readonly string[]) => `${where}: type is not one of ${known.join(', ')}`,
  loginExpired: (where: string) => `${where}: the login saved by aliyun-cli has expired`,
  loginHint: (name: string, mode: string) =>
    `renew it with "aliyun sts GetCallerIdentity --profile ${name}", or log in again with "aliyun configure --profile ${name} --mode ${mode}"`,
  badSignInUrl: (where: string) => `${where}: cloud_sso_sign_in_url is not an https URL`,
  badSite: (where: string, known: readonly string[]) => `${where}: oauth_site_type is not one of ${known.join(', ')}`,
  external: {
    failed: (where: string, name: string, exitCode: string) => `${where}: its ${name} failed (${exitCode})`,
    garbage: (where: string, name: string, _: string) => `${where}: its ${name} printed no credentials`,
    notStarted: (where: string, name: string, code: string) => `${where}: its ${name} could not be started (${code})`,
    timeout: (where: string, name: string, limit: string) => `${where}: its ${name} did not finish within ${limit}`,
    tooLong: (where: string, name: string, _: string) => `${where}: its ${name} printed more than 1 MiB`,
    stopped: (where: string, name: string, _: string) => `${where}: its ${name} was stopped`,
  },
  externalHint: (wroteError: boolean) =>
    `run the command yourself${wroteError ? ' to see its standard error, which is not shown here' : ''}: it must print one JSON object with mode, access_key_id, access_key_secret and, for temporary credentials, sts_token`,
  refused: (where: string, code: string) => `${where}: refused with ${code}`,
  badAnswer: (where: string, http: number) => `${where}: the response (HTTP ${http}) contains no credentials`,
  assumeRoleHint:
    'check that the AccessKey that assumes the role is correct and allowed to (sts:AssumeRole), that the role trusts it, and that the session is not longer than the role allows',
  oidcHint:
    'check the role, its trust policy for the OIDC provider, and that the token in the file has not expired and is for this audience',
  badSts: (where: string) => `${where}: the STS endpoint is not a host or https://host[:port]`,
  badUri: (where: string) => `${where}: must be an http(s) URL without user name or password`,
  plainUri: (where: string, origin: string) =>
    `${where}: ${origin} is not encrypted: anyone on the network can read the AccessKey`,
  uriHint:
    'a GET of the URI must return a JSON object with Code "Success", AccessKeyId, AccessKeySecret, SecurityToken and Expiration',
  noRole: (where: string) => `${where}: this instance has no such RAM role`,
  noImdsV2: (where: string, variable: string) => `${where}: IMDSv2 is not supported, and ${variable} forbids IMDSv1`,
  metadataHint:
    'if this is not an ECS instance, set ALIBABA_CLOUD_ECS_METADATA_DISABLED=true; if it is, check its RAM role; or run "mmai config init"',
  late: (where: string, limit: string) => `${where}: no credentials within ${limit}`,
  gone: (where: string) => `${where} no longer offers credentials`,
};
