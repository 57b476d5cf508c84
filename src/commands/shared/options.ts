import type { Command } from 'commander';
import { type SettingName, serviceSettings, settingUsage } from '../../core/config/settings.ts';
import { conflict } from '../../errors.ts';
import type { Messages } from '../../locales/en/messages.ts';
import { shortened } from '../../text/safe-text.ts';

/** What commander gives for the flags of {@link addServiceOptions}: texts, checked by `resolveSettings` with their origin named. */
export interface ServiceOptions extends Partial<Record<Exclude<SettingName, 'language'>, string>> {
  readonly profile?: string;
  readonly lang?: string;
  readonly json?: true;
  readonly raw?: true;
  readonly query?: string;
  readonly quiet?: true;
  /** A form, or `true` where the command has none. */
  readonly dryRun?: string | true;
  readonly simulate?: string;
}

/** What differs from command to command: the choices as help shows them and completion offers them. */
interface Forms {
  readonly outputs: readonly string[];
  readonly dryRuns?: string;
}

/** The flags of every command that talks to the service. */
export function addServiceOptions(command: Command, { help }: Messages, forms: Forms): Command {
  const { flags, headings } = help;
  const { outputs, dryRuns } = forms;
  command.optionsGroup(headings.service).option('--profile <name>', flags.profile);
  addRequestOptions(command, flags)
    .option(settingUsage('retries'), flags.retries)
    .option(dryRuns ? `--dry-run [${dryRuns}]` : '--dry-run', dryRuns ? flags.dryRun : flags.dryRunPlan)
    .option('--simulate <script>', flags.simulate)
    .optionsGroup(headings.output)
    .option(`-o, --output <${outputs.join('|')}>`, flags.output)
    .option('--json', flags.json)
    .option('--query <jmespath>', flags.query)
    .option(settingUsage('color'), flags.color);
  return addCommonOptions(command, flags);
}

/** The flags of every command. */
export function addCommonOptions(command: Command, flags: Messages['help']['flags']): Command {
  return command
    .option('-q, --quiet', flags.quiet)
    .option(settingUsage('language'), flags.lang)
    .option('--debug', flags.debug);
}

/** The flags that `config check` shares with them: those that name the service and how to call it. */
export function addCheckOptions(command: Command, { help: { flags } }: Messages): Command {
  return addRequestOptions(command, flags)
    .option('--json', flags.listJson)
    .option(settingUsage('color'), flags.color)
    .option('--simulate <script>', flags.checkSimulate);
}

/** The flags as settings know them. Throws a usage error for two that contradict each other. */
export function settingFlags(options: ServiceOptions): Partial<Record<SettingName, string>> {
  const { lang, json, raw, ...flags } = options;
  const output = chosenOutput(options);
  if (options.simulate !== undefined && options.endpoint !== undefined) throw conflict('--simulate', '--endpoint');
  if (options.dryRun !== undefined) checkDryRun(options);
  return { ...flags, ...(lang !== undefined && { language: lang }), ...(output !== undefined && { output }) };
}

/** The form that `--output` and its short forms name. Throws a usage error for two that differ. */
export function chosenOutput({
  output,
  json,
  raw,
}: Pick<ServiceOptions, 'output' | 'json' | 'raw'>): string | undefined {
  const named = [
    { flag: outputFlag(output), form: output?.toLowerCase() },
    { flag: '--json', form: json && 'json' },
    { flag: '--raw', form: raw && 'raw' },
  ].filter(({ form }) => form !== undefined);
  const other = named.find(({ form }) => form !== named[0]!.form);
  if (other) throw conflict(named[0]!.flag, other.flag);
  return named[0]?.form;
}

// --- internal ---

function addRequestOptions(command: Command, flags: Messages['help']['flags']): Command {
  for (const name of serviceSettings) command.option(settingUsage(name), flags[name]);
  return command;
}

/** A dry run has no answer that could be queried or printed as a table. */
function checkDryRun({ query, raw, output, simulate }: ServiceOptions): void {
  // It prints what would be sent to the service, which a simulation is not.
  if (simulate !== undefined) throw conflict('--dry-run', '--simulate');
  if (query !== undefined) throw conflict('--dry-run', '--query');
  if (raw) throw conflict('--dry-run', '--raw');
  if (output !== undefined && !/^(text|json)$/i.test(output)) throw conflict('--dry-run', outputFlag(output));
}

function outputFlag(output = ''): string {
  return `--output ${shortened(output)}`;
}
