import type { Command } from 'commander';
import { getTaskStatus } from '../core/operations/get-task-status.ts';
import { statusExitCode } from '../core/outcome.ts';
import type { TaskStatus } from '../core/task.ts';
import type { CommandDeps } from '../deps.ts';
import { type TaskRow, taskRow } from '../output/document.ts';
import { statusTable, tsvLines } from '../output/table.ts';
import { addTaskCommand, type TaskCommand, taskPrinters } from './shared/task-command.ts';

export const STATUS: TaskCommand<TaskStatus, TaskRow> = {
  operation: getTaskStatus,
  send: (client, id, options) => client.getTaskStatus(id, options),
  row: taskRow,
  printers: taskPrinters({
    text: async ({ document }, { style, stdout, messages }, { color }) =>
      statusTable(document.tasks, await style(stdout, color), messages),
    tsv: ({ document }) => tsvLines(document.tasks),
  }),
  exitCode: (outcomes, { exitStatus }) => statusExitCode(outcomes, exitStatus === true),
};

export function addStatusCommand(program: Command, deps: CommandDeps, done: (exitCode: number) => void): void {
  const { commands, flags, headings } = deps.messages.help;
  const command = program.command('status').description(commands.status);
  command.optionsGroup(headings.output).option('--exit-status', flags.exitStatus);
  addTaskCommand(command, STATUS, deps, done);
}
