import type { Text } from '../../errors.ts';
import { visible } from '../../text/safe-text.ts';
import { profileByVariable } from './aliyun-file.ts';
import { askMetadata } from './ecs.ts';
import {
  type CredentialDeps,
  type Credentials,
  denied,
  type Fields,
  keyIn,
  LIMIT_MS,
  need,
  type Provider,
  readFileOf,
  textOf,
} from './provider.ts';
import { assumeRole } from './sts.ts';

const FILE_VARIABLE = 'ALIBABA_CLOUD_CREDENTIALS_FILE';
const KEY = ['access_key_id', 'access_key_secret'] as const;
/** Every key that is read. */
const KEYS = ['type', ...KEY, 'security_token', 'role_name', 'role_arn', 'role_session_name', 'policy'];

/** The credentials file that Alibaba Cloud's SDKs share: a section a profile, `default` unless a variable names another. */
export function iniProvider(deps: CredentialDeps): Provider {
  const { env } = deps;
  const path = env[FILE_VARIABLE]?.trim() || `${deps.home() ?? '~'}/.alibabacloud/credentials`;
  const source: Text = (m) => m.credentials.fromFile(path);
  return {
    source,
    async find() {
      const until = deps.clock.monotonic() + LIMIT_MS;
      const named = profileByVariable(env);
      const name = named?.name ?? 'default';
      const section = await readSection(path, name, deps, source);
      if (section) return bySection(section, deps, (m) => m.credentials.fromSection(visible(name), path), until);
      // Somebody chose a profile, and aliyun-cli's file, looked into before, has none of this name: to go on would sign as another.
      if (named) throw denied((m) => m.credentials.noNamedProfile(visible(name), named.variable, path));
      return undefined;
    },
  };
}

// --- internal ---

/** Undefined where there is no file, or no such section in it. */
async function readSection(
  path: string,
  name: string,
  deps: CredentialDeps,
  source: Text,
): Promise<Fields | undefined> {
  const text = await readFileOf(source, path, deps);
  if (text === undefined) return undefined;
  const { IniFault, readIniSection } = await import('./ini.ts');
  try {
    return readIniSection(text, name, KEYS);
  } catch (error) {
    if (!(error instanceof IniFault)) throw error;
    const { line, reason } = error;
    throw denied(
      (m) => m.credentials.badLine(source(m), line, m.credentials.lineFaults[reason]),
      (m) => m.credentials.badLineHint(),
    );
  }
}

async function bySection(section: Fields, deps: CredentialDeps, source: Text, until: number): Promise<Credentials> {
  switch (need(section, 'type', source)) {
    case 'access_key':
      return keyIn(section, KEY, source);
    case 'sts':
      need(section, 'security_token', source);
      return keyIn(section, [...KEY, 'security_token'], source);
    case 'ecs_ram_role': {
      const question = { role: textOf(section, 'role_name'), isWanted: true, source, until };
      return (await askMetadata(deps, question)) as Credentials;
    }
    case 'ram_role_arn': {
      const by = keyIn(section, KEY, source);
      const role = {
        arn: need(section, 'role_arn', source),
        sessionName: textOf(section, 'role_session_name'),
        policy: textOf(section, 'policy'),
      };
      return assumeRole(deps, by, role, source, until);
    }
    default:
      throw denied((m) => m.credentials.unknownType(source(m), ['access_key', 'sts', 'ecs_ram_role', 'ram_role_arn']));
  }
}
