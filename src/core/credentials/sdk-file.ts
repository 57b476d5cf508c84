import type { Text } from '../../errors.ts';
import { shortened, shownPath, visible } from '../../text/safe-text.ts';
import { type Fields, textOf } from '../record.ts';
import { profileByVariable } from './aliyun-file.ts';
import { metadataCredentials } from './ecs.ts';
import {
  type CredentialDeps,
  createProvider,
  denied,
  keyIn,
  type Offer,
  type Provider,
  readFileOf,
  requireField,
  writtenKey,
} from './provider.ts';
import { roleCredentials } from './sts.ts';

const FILE_VARIABLE = 'ALIBABA_CLOUD_CREDENTIALS_FILE';
const KEY = ['access_key_id', 'access_key_secret'] as const;
/** Every key that is read. */
const KEYS = ['type', ...KEY, 'security_token', 'role_name', 'role_arn', 'role_session_name', 'policy'];

/** The credentials file that Alibaba Cloud's SDKs share: a section a profile, `default` unless a variable names another. */
export function sdkFileProvider(deps: CredentialDeps): Provider {
  const { env } = deps;
  const path = textOf(env, FILE_VARIABLE);
  const file: File = { path: path || `${deps.home() ?? '~'}/.alibabacloud/credentials`, isNamed: Boolean(path) };
  const shown = shownPath(file.path);
  const source: Text = (m) => m.credentials.fromFile(shown);
  return createProvider({ source, origin: { from: 'file', name: file.path } }, async () => {
    const named = profileByVariable(env);
    const name = named?.name ?? 'default';
    // Without a home the path would lead into the working directory, which may be anybody's.
    const isThere = file.isNamed || deps.home() !== undefined;
    const section = isThere ? await readSection(file, name, deps, source) : undefined;
    if (section) return sectionOffer(section, deps, (m) => m.credentials.fromSection(visible(name), shown));
    // Somebody chose a profile, and aliyun-cli's file, looked into before, has none of this name: to go on would sign as another.
    if (named) throw denied((m) => m.credentials.noNamedProfile(visible(shortened(name)), named.variable, shown));
    return undefined;
  });
}

// --- internal ---

interface File {
  readonly path: string;
  /** By the variable. */
  readonly isNamed: boolean;
}

/** Undefined where there is no file, or no such section in it. */
async function readSection(
  { path, isNamed }: File,
  name: string,
  deps: CredentialDeps,
  source: Text,
): Promise<Fields | undefined> {
  const text = await readFileOf(source, path, deps, isNamed ? undefined : deps.warn);
  if (text === undefined) return undefined;
  const { IniFault, readIniSection } = await import('./ini.ts');
  try {
    return readIniSection(text, name, KEYS);
  } catch (error) {
    if (!(error instanceof IniFault)) throw error;
    const { line, reason } = error;
    throw denied(
      (m) => m.credentials.badLine(source(m), line, m.credentials.lineFaults[reason]),
      (m) => m.credentials.badLineHint,
    );
  }
}

function sectionOffer(section: Fields, deps: CredentialDeps, source: Text): Offer {
  switch (requireField(section, 'type', source)) {
    case 'access_key':
      return writtenKey(keyIn(section, KEY, source));
    case 'sts':
      requireField(section, 'security_token', source);
      return writtenKey(keyIn(section, [...KEY, 'security_token'], source));
    case 'ecs_ram_role': {
      const role = textOf(section, 'role_name');
      return { source, obtain: () => metadataCredentials(deps, { role, source }) };
    }
    case 'ram_role_arn': {
      const by = keyIn(section, KEY, source);
      const role = {
        arn: requireField(section, 'role_arn', source),
        sessionName: textOf(section, 'role_session_name'),
        policy: textOf(section, 'policy'),
      };
      return { source, obtain: () => roleCredentials(deps, by, role, source) };
    }
    default:
      throw denied((m) => m.credentials.unknownType(source(m), ['access_key', 'sts', 'ecs_ram_role', 'ram_role_arn']));
  }
}
