import type { Context } from '../context.ts';
import { type Client, createClient } from '../core/client.ts';
import { type Credentials, credentialChain, findCredentials } from '../core/credentials.ts';
import { DEFAULT_PROFILE, type Profile, selectProfile } from '../core/profiles.ts';
import { type ResolvedSettings, resolveSettings, type Settings, serviceOrigin } from '../core/settings.ts';
import type { AccessKey } from '../core/signature.ts';
import { type ServiceOptions, settingFlags } from './options.ts';

/** Settings resolved for one run: what the user asked for, before any connection is made. */
export interface Setup extends ResolvedSettings {
  readonly profile: Profile;
}

export async function resolveSetup(options: ServiceOptions, context: Context): Promise<Setup> {
  const profile = await chooseProfile(options, context);
  return { profile, ...resolveSettings(settingFlags(options), context.env, profile) };
}

/** A client, and what it stands on. Close it, or its connections keep the process alive. */
export interface Session {
  readonly client: Client;
  readonly origin: string;
  accessKey(renew: boolean): Promise<AccessKey>;
  close(): Promise<void>;
}

/** Finds credentials and makes the client; with `--simulate`, of a sandbox inside this process and a throw-away key. */
export async function openSession(setup: Setup, simulate: string | undefined, context: Context): Promise<Session> {
  const { values } = setup;
  // First, since it may refuse: an idle transport keeps nothing alive, a started simulation would.
  const transport = await context.transport(values);
  const simulation = simulate === undefined ? undefined : await startSimulation(simulate, context);
  const origin = simulation?.origin ?? serviceOrigin(values);
  warnPlainHttp(origin, context);
  const accessKey = simulation ? async () => simulation.accessKey : rememberedKey(setup, context);
  await accessKey(false);
  const client = createClient({
    ...pick(values),
    origin,
    transport,
    clock: context.clock,
    random: context.random,
    nonce: context.nonce,
    accessKey,
    debug: context.debug,
  });
  const close = async () => {
    await transport.close();
    await simulation?.close();
  };
  return { client, origin, accessKey, close };
}

// --- internal ---

function pick({ region, method, format, signature, requestTimeout }: Settings) {
  return { region, method, format, signature, requestTimeoutMs: requestTimeout };
}

async function chooseProfile(options: ServiceOptions, context: Context): Promise<Profile> {
  const named = options.profile || context.env.MMAI_PROFILE;
  // A simulation needs no account, so a config file that is torn or has no such profile must not stop it.
  if (options.simulate !== undefined && !named) return { name: DEFAULT_PROFILE, values: {}, isNamed: false };
  return selectProfile((await context.store()).read(), named);
}

/** The key in memory; looked up again, from the file too, when the service refuses it. */
function rememberedKey(setup: Setup, context: Context): Session['accessKey'] {
  let { profile } = setup;
  let found: Promise<Credentials> | undefined;
  return async (renew) => {
    if (!found || renew) {
      if (found) profile = { ...profile, values: (await context.store()).read().profiles[profile.name] ?? {} };
      found = findCredentials(credentialChain(profile, context.env));
      const { source } = await found;
      context.debug(`credentials: ${source(context.messages)}`);
    }
    return (await found).accessKey;
  };
}

async function startSimulation(script: string, context: Context) {
  const { startSandbox } = await import('../sandbox/server.ts');
  const accessKey: AccessKey = { accessKeyId: 'simulated-key', accessKeySecret: context.nonce() };
  const sandbox = await startSandbox({
    script,
    accessKeys: [accessKey],
    now: context.clock.now,
    nextId: context.nonce,
  });
  return { origin: sandbox.url, accessKey, close: sandbox.close };
}

function warnPlainHttp(origin: string, { messages, stderr }: Context): void {
  const { protocol, hostname } = new URL(origin);
  if (protocol === 'https:' || /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)) return;
  stderr.write(`${messages.warning}: ${messages.plainHttp(origin)}\n`);
}
