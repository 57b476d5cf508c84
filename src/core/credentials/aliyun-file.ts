import type { Text } from '../../errors.ts';
import type { Environment } from '../config/settings.ts';
import { type Fields, isRecord, parseRecord, textOf } from '../record.ts';
import { type CredentialDeps, denied, isOn, readFileOf } from './provider.ts';

/** aliyun-cli's own file, read and never written. */
export interface AliyunConfig {
  readonly path: string;
  /** The profile that aliyun-cli uses; empty where the file names none. */
  readonly current: string;
  readonly profiles: ReadonlyMap<string, Fields>;
}

type Home = Pick<CredentialDeps, 'home' | 'env' | 'platform'>;

/** Where aliyun-cli keeps its file; it knows no variable of its own that moves it. Undefined without a home. */
export function aliyunPath({ home, env, platform }: Home): string | undefined {
  // Windows sets these two, for a home on a network drive too, and aliyun-cli takes them there before USERPROFILE, Node's home.
  const network = platform === 'win32' ? `${env.HOMEDRIVE ?? ''}${env.HOMEPATH ?? ''}` : '';
  // Anybody may have put a file in the working directory.
  const folder = /^(?:[a-z]:)?[\\/]/i.test(network) ? network : home();
  return folder === undefined ? undefined : `${folder}/.aliyun/config.json`;
}

/** The file, or undefined where there is none. Throws exit 3, naming the file and quoting nothing of it; `warn` as for {@link readFileOf}. */
export async function readAliyunConfig(
  deps: Home & Pick<CredentialDeps, 'readText'>,
  warn?: CredentialDeps['warn'],
): Promise<AliyunConfig | undefined> {
  const path = aliyunPath(deps);
  if (path === undefined) return undefined;
  const source: Text = (m) => m.credentials.fromAliyun(path);
  const text = await readFileOf(source, path, deps, warn);
  if (text === undefined) return undefined;
  const record = parseRecord(text);
  const document = record && inLowerCase(record);
  const list = document?.profiles ?? [];
  if (!document || !Array.isArray(list) || !list.every(isRecord)) {
    throw denied(
      (m) => m.credentials.malformed(source(m)),
      (m) => m.credentials.malformedAliyunHint,
    );
  }
  const { current } = document;
  const profiles = new Map<string, Fields>();
  for (const profile of list.map(inLowerCase)) {
    // aliyun-cli takes the first of a name, whose blanks count.
    const { name } = profile;
    if (typeof name === 'string' && name !== '' && !profiles.has(name)) profiles.set(name, profile);
  }
  return { path, current: typeof current === 'string' ? current : '', profiles };
}

/** The variables that name a profile of aliyun-cli or of the credentials file, the first one set wins, as with aliyun-cli. */
const PROFILE_VARIABLES = ['ALIBABACLOUD_PROFILE', 'ALIBABA_CLOUD_PROFILE', 'ALICLOUD_PROFILE'];
/** The variables that keep aliyun-cli's file out: the SDK's, and aliyun-cli's own in both spellings. */
const OFF_VARIABLES = [
  'ALIBABA_CLOUD_CLI_PROFILE_DISABLED',
  'ALIBABA_CLOUD_IGNORE_PROFILE',
  'ALIBABACLOUD_IGNORE_PROFILE',
];

/** The profile that a variable names, and which one. */
export function profileByVariable(env: Environment): { variable: string; name: string } | undefined {
  for (const variable of PROFILE_VARIABLES) {
    const name = textOf(env, variable);
    if (name) return { variable, name };
  }
  return undefined;
}

/** The variable that keeps aliyun-cli's file out, if one does. */
export function aliyunOffVariable(env: Environment): string | undefined {
  return OFF_VARIABLES.find((variable) => isOn(env[variable]));
}

/** Modes in aliyun-cli's spelling; it compares them without regard to case. */
export const ALIYUN_MODES = [
  ...['AK', 'StsToken', 'RamRoleArn', 'EcsRamRole', 'OIDC', 'External', 'CredentialsURI', 'ChainableRamRoleArn'],
  ...['CloudSSO', 'OAuth'],
] as const;

/**
 * A profile's mode; where it is empty guessed in the order of aliyun-cli (`AutoModeRecognition`). Undefined for one that mmai
 * does not know, `''` for a profile with nothing in it.
 */
export function aliyunMode(profile: Fields): string | undefined {
  const mode = textOf(profile, 'mode');
  if (mode !== undefined) return ALIYUN_MODES.find((known) => known.toLowerCase() === mode.toLowerCase());
  const has = (...names: string[]) => names.every((name) => textOf(profile, name) !== undefined);
  if (has('access_key_id', 'access_key_secret')) {
    if (has('sts_token')) return 'StsToken';
    return has('ram_role_arn') ? 'RamRoleArn' : 'AK';
  }
  if (has('private_key')) return undefined;
  if (has('ram_role_name')) return 'EcsRamRole';
  if (has('process_command')) return 'External';
  if (has('oidc_provider_arn')) return 'OIDC';
  if (has('cloud_sso_sign_in_url')) return 'CloudSSO';
  if (has('bearer_token')) return undefined;
  // Half a key: the error names what is missing.
  return has('access_key_id') || has('access_key_secret') ? 'AK' : '';
}

/** The fields by the names that aliyun-cli writes. It reads them in any letter case, and of several spellings takes the last. */
export function inLowerCase(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name.toLowerCase(), value]));
}
