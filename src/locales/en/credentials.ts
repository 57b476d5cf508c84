import { fileProblem } from './files.ts';

/** Where credentials come from, and what is wrong with them. */
export const credentialsEn = {
  none: () => 'no credentials found',
  noneHint: () =>
    'run "mmai config init", or set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET\nwithout an account, add --simulate 0,1,2; "mmai config check" lists the places that were searched',
  halfConfigured: (where: string, missing: string) => `incomplete credentials in ${where}: ${missing} is missing`,
  noSuchProfile: (name: string, known: readonly string[]) =>
    `there is no profile "${name}"; known profiles: ${known.join(', ') || 'none'}`,
  noSuchProfileHint: () =>
    'create it with "mmai config init --profile NAME", copy those of aliyun-cli with "mmai config import", or list them with "mmai config profiles"',
  inAliyunHint: (name: string) =>
    `aliyun-cli has a profile "${name}": copy its key with "mmai config import --profile ${name}", or use it as it is with ALIBABA_CLOUD_PROFILE=${name} instead of --profile`,
  noKeyInProfile: (name: string) => `profile "${name}" has no AccessKey`,
  noKeyInProfileHint: (name: string) =>
    `add one with "mmai config init --profile ${name}"; without --profile and MMAI_PROFILE, mmai uses other credentials`,
  fromEnvironment: (id: string, secret: string) => `environment variables ${id} and ${secret}`,
  fromProfile: (name: string) => `profile "${name}"`,
  fromNamedProfile: (name: string) => `profile "${name}" (explicitly selected)`,
  fromOidc: () =>
    'environment variables ALIBABA_CLOUD_ROLE_ARN, ALIBABA_CLOUD_OIDC_PROVIDER_ARN and ALIBABA_CLOUD_OIDC_TOKEN_FILE',
  fromAliyun: (path: string) => `aliyun-cli's ${path}`,
  fromAliyunProfile: (name: string, mode: string, path: string) =>
    `profile "${name}" (${mode}) of aliyun-cli's ${path}`,
  fromFile: (path: string) => `credentials file ${path}`,
  fromSection: (name: string, path: string) => `section "${name}" of credentials file ${path}`,
  fromUri: (variable: string) => `the URI in ${variable}`,
  fromEcs: () => 'ECS instance metadata',
  off: (where: string, variable: string) => `${where} (off: ${variable})`,

  forbidden: (where: string, variable: string) => `${where}: forbidden by ${variable}`,
  unreadable: (where: string, code: string) => `cannot read ${where}: ${fileProblem(code)}`,
  tokenFile: (path: string, where: string) => `the token file ${path} named by ${where}`,
  torn: (where: string) => `${where} is damaged, or is another program's file`,
  tornAliyunHint: () =>
    'repair it, or move it away and run "aliyun configure"; ALIBABA_CLOUD_IGNORE_PROFILE=true makes mmai skip it',
  badLine: (where: string, line: number, why: string) => `${where}, line ${line}: ${why}`,
  badLineHint: () =>
    'correct the line so that every SDK reads the same: [section], then key = value lines without quotes, comments on lines of their own',
  lineFaults: {
    noSection: 'a key before the first [section]',
    noDelimiter: 'neither a [section] nor key = value',
    bracket: 'a section has the form [name], with no other "]" in the line',
    sectionBlanks: 'the section name has blanks inside the brackets',
    duplicateSection: 'this section exists already',
    duplicateKey: 'this key is set already in this section',
    indent: 'indented deeper than the line above, so some SDKs read it as the rest of that value',
    continuation: 'ends in a backslash, so some SDKs append the next line',
    quotes: 'quotation marks, which some SDKs read as part of the value',
    commentMark: '"#" or ";" in the value, which some SDKs read as the start of a comment',
    percent: '"%" in the value, which some SDKs read as a reference',
    letterCase: 'some SDKs know the key in lower case only',
    carriageReturn: 'a carriage return inside the line',
  },
  badCharacters: (where: string, name: string) =>
    `${where}: ${name} contains characters that no key has, such as a line break or a curly quotation mark`,
  noAliyunProfile: (name: string, path: string) =>
    `there is no profile "${name}" in aliyun-cli's ${path}, which names it`,
  noAliyunProfileHint: () =>
    'run "aliyun configure switch --profile NAME" with one of "aliyun configure list"; ALIBABA_CLOUD_IGNORE_PROFILE=true makes mmai skip the file',
  noNamedProfile: (name: string, variable: string, path: string) =>
    `${variable} names profile "${name}", which is neither in aliyun-cli's config.json nor in ${path}`,
  circle: (name: string, path: string) =>
    `profile "${name}" of aliyun-cli's ${path} refers to itself through source_profile`,
  emptySource: (where: string) => `${where}: the profile named by source_profile has no key`,
  unknownMode: (where: string, known: readonly string[]) =>
    `${where} has a mode that mmai does not know; it knows ${known.join(', ')}`,
  unknownModeHint: () => 'choose another profile with ALIBABA_CLOUD_PROFILE, or give a key with "mmai config init"',
  unknownType: (where: string, known: readonly string[]) => `${where}: type is none of ${known.join(', ')}`,
  loginExpired: (where: string) => `${where}: the login saved by aliyun-cli has expired`,
  loginHint: (name: string, mode: string) =>
    `renew it with "aliyun sts GetCallerIdentity --profile ${name}", or log in again with "aliyun configure --profile ${name} --mode ${mode}"`,
  badSignInUrl: (where: string) => `${where}: cloud_sso_sign_in_url is not an https URL`,
  badSite: (where: string, known: readonly string[]) => `${where}: oauth_site_type is none of ${known.join(', ')}`,
  external: {
    failed: (where: string, name: string, exitCode: string) => `${where}: its ${name} failed (${exitCode})`,
    garbage: (where: string, name: string, _: string) => `${where}: its ${name} printed no credentials`,
    notStarted: (where: string, name: string, code: string) => `${where}: its ${name} could not be started (${code})`,
    timeout: (where: string, name: string, limit: string) => `${where}: its ${name} did not end within ${limit}`,
    tooLong: (where: string, name: string, _: string) => `${where}: its ${name} printed more than 1 MiB`,
    stopped: (where: string, name: string, _: string) => `${where}: its ${name} was stopped`,
  },
  externalHint: (wroteError: boolean) =>
    `run the command by hand${wroteError ? ' to see what it wrote to standard error, which is not shown here' : ''}: it has to print one JSON object with mode, access_key_id, access_key_secret and, if temporary, sts_token`,
  noAnswer: (where: string, code: string) => `${where}: no answer (${code})`,
  refused: (where: string, code: string) => `${where}: refused with ${code}`,
  badAnswer: (where: string, http: number) => `${where}: the answer (HTTP ${http}) holds no credentials`,
  assumeRoleHint: () =>
    'check that the key which assumes the role is right and may do so (sts:AssumeRole), that the role trusts it, and that the role session is not longer than the role allows',
  oidcHint: () =>
    'check the role, its trust in the OIDC provider, and that the token in the file is fresh and meant for this audience',
  badSts: (where: string) => `${where}: the STS endpoint is not a host or https://host[:port]`,
  badUri: (where: string) => `${where}: not an http or https URL without user and password`,
  plainUri: (where: string, origin: string) =>
    `${where}: ${origin} is not encrypted: anyone on the network can read the AccessKey`,
  uriHint: () =>
    'it has to answer a GET with a JSON object of Code "Success", AccessKeyId, AccessKeySecret, SecurityToken and Expiration',
  noRole: (where: string) => `${where}: there is no such RAM role on this instance`,
  noImdsV2: (where: string, variable: string) => `${where}: it does not support IMDSv2, and ${variable} forbids IMDSv1`,
  metadataHint: () =>
    'if this is not an ECS instance, set ALIBABA_CLOUD_ECS_METADATA_DISABLED=true; if it is, check its RAM role; or run "mmai config init"',
  gone: (where: string) => `${where} no longer offers credentials`,
};
