import { type Client, createClient } from '../../core/client.ts';
import { DEFAULT_PROFILE, earlyProfile, type Profile, profileName, selectProfile } from '../../core/config/profiles.ts';
import {
  choice,
  type ResolvedSettings,
  resolveSettings,
  type Settings,
  subjectOf,
} from '../../core/config/settings.ts';
import { cacheCredentials } from '../../core/credentials/cache.ts';
import { credentialChain, findCredentials } from '../../core/credentials/chain.ts';
import { ecsProvider } from '../../core/credentials/ecs.ts';
import type { CredentialDeps, Provider } from '../../core/credentials/provider.ts';
import { isExposed, serviceOrigin } from '../../core/origin.ts';
import type { FindKey } from '../../core/rpc/call.ts';
import type { AccessKey } from '../../core/rpc/signature.ts';
import type { CommandDeps } from '../../deps.ts';
import { inEnglish, MmaiError, type Text } from '../../errors.ts';
import { formatDuration } from '../../text/duration.ts';
import { visible } from '../../text/safe-text.ts';
import { shellQuoted } from '../../text/shell-quoted.ts';
import { type ServiceOptions, settingFlags } from './options.ts';
import { createWarn } from './warn.ts';

/** Settings resolved for one run, before any connection is made. */
export interface Setup extends ResolvedSettings {
  readonly profile: Profile;
  /** Nothing but errors on stderr. */
  readonly quiet: boolean;
}

/** `outputs` are the forms of answer that the command has. */
export async function resolveSetup(
  options: ServiceOptions,
  deps: CommandDeps,
  outputs: readonly Settings['output'][],
): Promise<Setup> {
  const profile = await chooseProfile(options, deps);
  const flags = settingFlags(options);
  const { output } = flags;
  // Before the settings are: they may name any form, a flag only those of its command.
  if (output !== undefined) choice(...outputs)(output, '--output');
  const { values: given, origins } = resolveSettings(flags, deps.env, profile);
  // A form that a profile or a variable names is meant for every command, so one without it prints json.
  const values = outputs.includes(given.output) ? given : { ...given, output: 'json' as const };
  const { messages, stdout, stderr } = deps;
  // `--format json | jq`: what other tools call the format of the output. A script of --dry-run has no other form.
  const isMistaken = options.format?.toLowerCase() === 'json' && output === undefined && options.dryRun === undefined;
  if (isMistaken && values.output === 'text' && !stdout.isTerminal && !options.quiet) {
    stderr.write(`${messages.hint}${messages.parser.formatOfResponse}\n`);
  }
  return { profile, quiet: options.quiet === true, values, origins };
}

/** How the search for the key went, the last time. */
export interface KeySearch {
  /** The places that offered nothing, in order. */
  readonly passed: readonly Text[];
  /** Where the key was; undefined before it is found, and for a simulation. */
  readonly source?: Text;
  /** How long it took, in ms. */
  readonly ms?: number;
}

/** A client, and what it stands on. Close it, or its connections keep the process alive. */
export interface Session {
  readonly client: Client;
  readonly origin: string;
  readonly accessKey: FindKey;
  /** Drops the connections that are idle: after a laptop's sleep they are dead. */
  renewConnections(): void;
  keySearch(): KeySearch;
  close(): Promise<void>;
}

/**
 * Makes the client, which looks for credentials when it needs them; with `--simulate`, of a sandbox inside this process and a
 * throw-away key. `warn` gets what is wrong with the endpoint or a clock.
 */
export async function openSession(
  setup: Setup,
  simulate: string | undefined,
  deps: CommandDeps,
  warn = createWarn(setup.quiet, deps),
): Promise<Session> {
  const { values, origins } = setup;
  // First, since it may refuse: an idle transport keeps nothing alive, a started simulation would.
  const transport = await deps.transport({ ...values, caFileFrom: subjectOf('caFile', origins.caFile) });
  const simulation = simulate === undefined ? undefined : await startSimulation(simulate, deps);
  const origin = simulation?.origin ?? serviceOrigin(values);
  if (isExposed(new URL(origin))) warn((m) => m.plainHttp(origin));
  if (deps.env.NODE_TLS_REJECT_UNAUTHORIZED === '0') warn((m) => m.alwaysVerified('NODE_TLS_REJECT_UNAUTHORIZED'));
  const closing = new AbortController();
  const signal = AbortSignal.any([deps.signal, closing.signal]);
  let keySearch: KeySearch = { passed: [] };
  const accessKey = simulation
    ? async () => simulation.accessKey
    : cachedKey(setup, { ...deps, transport, signal, warn: createWarn(setup.quiet, deps) }, (search) => {
        keySearch = search;
      });
  const close = async () => {
    // A renewal under way must not keep the process alive.
    closing.abort('closed');
    transport.close();
    await simulation?.close();
  };
  const client = createClient({
    ...deps,
    ...values,
    requestTimeoutMs: values.requestTimeout,
    origin,
    transport,
    credentials: accessKey,
    onClockOff: (ms) => warn((m) => m.clockOff(formatDuration(Math.abs(ms)), ms < 0)),
  });
  const renewConnections = () => transport.renew();
  return { client, origin, accessKey, renewConnections, keySearch: () => keySearch, close };
}

// --- internal ---

async function chooseProfile(options: ServiceOptions, deps: CommandDeps): Promise<Profile> {
  const named = profileName(options.profile, deps.env);
  if (options.simulate !== undefined && !named) return simulatedProfile(deps);
  const config = (await deps.store()).read(createWarn(options.quiet === true, deps));
  const isForeign = named && !Object.hasOwn(config.profiles, named) && (await isInAliyun(named, deps));
  if (!isForeign) return selectProfile(config, named);
  const word = shellQuoted(named, deps.platform);
  return selectProfile(config, named, (m) => m.credentials.inAliyunHint(named, word));
}

/**
 * The current profile but for what a simulation replaces: key, region and endpoint. It needs no account, so a config file that is
 * malformed must not stop it.
 */
async function simulatedProfile(deps: CommandDeps): Promise<Profile> {
  try {
    const { name, values } = selectProfile(
      (await deps.store()).read(() => {}),
      undefined,
    );
    const { region: _, endpoint: __, ...kept } = values;
    return { name, values: kept, isNamed: false };
  } catch (error) {
    if (!(error instanceof MmaiError)) throw error;
    return { name: DEFAULT_PROFILE, values: {}, isNamed: false };
  }
}

/** Whether aliyun-cli has a profile of this name. A file of its own that cannot be read is not the trouble here. */
async function isInAliyun(name: string, deps: CommandDeps): Promise<boolean> {
  const { readAliyunConfig } = await import('../../core/credentials/aliyun-file.ts');
  const config = await readAliyunConfig(deps).catch(() => undefined);
  return config?.profiles.has(name) === true;
}

/** The key in memory: renewed before its end, and looked up again, from the file too, when the service refuses it. */
function cachedKey(
  setup: Setup,
  deps: CredentialDeps & Pick<CommandDeps, 'store'>,
  onSearch: (search: KeySearch) => void,
): Session['accessKey'] {
  let { profile } = setup;
  const ecs = ecsProvider(deps);
  const name = ({ source }: Pick<Provider, 'source'>) => visible(inEnglish(source));
  return cacheCredentials(deps, async (isAgain, ask) => {
    // A file that cannot be read now leaves the profile as it is: without it, the next place would sign as another account.
    if (isAgain) profile = { ...profile, values: ((await earlyProfile(profile.name, deps)) ?? profile).values };
    const passed: Text[] = [];
    onSearch({ passed });
    const start = deps.clock.monotonic();
    const pass = (provider: Provider) => {
      passed.push(provider.source);
      deps.debug(`credentials: not in ${name(provider)}`);
    };
    const found = await findCredentials(credentialChain(profile, deps, ecs), pass, ask);
    const { source, validForMs } = found.credentials;
    onSearch({ passed, source, ms: deps.clock.monotonic() - start });
    const validity = validForMs === undefined ? '' : `, good for ${Math.round(validForMs / 1000)} s`;
    deps.debug(`credentials: ${name(found.credentials)}${validity}`);
    return found;
  });
}

async function startSimulation(script: string, deps: CommandDeps) {
  const { startSandbox } = await import('../../sandbox/server.ts');
  const accessKey: AccessKey = { accessKeyId: 'simulated-key', accessKeySecret: deps.nonce() };
  const sandbox = await startSandbox({
    script,
    accessKeys: [accessKey],
    now: deps.clock.now,
    monotonic: deps.clock.monotonic,
    nextId: deps.nonce,
  });
  return { origin: sandbox.url, accessKey, close: sandbox.close };
}
