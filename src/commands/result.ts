import type { Command } from 'commander';
import { getTaskResult } from '../core/operations/get-task-result.ts';
import { resultExitCode } from '../core/outcome.ts';
import type { TaskResult } from '../core/task.ts';
import type { CommandDeps } from '../deps.ts';
import { type ResultRow, resultLines, resultRow, resultTable, withoutOtherUrls } from '../output/results.ts';
import { addTaskCommand, type TaskCommand, taskPrinters } from './shared/task-command.ts';

const RESULT: TaskCommand<TaskResult, ResultRow> = {
  operation: getTaskResult,
  send: (client, id, options) => client.getTaskResult(id, options),
  row: resultRow,
  printers: taskPrinters({
    text: async ({ document }, { style, stdout, messages }, { color }) =>
      resultTable(document.tasks, await style(stdout, color), messages),
    tsv: ({ document }) => resultLines(document.tasks),
  }),
  shown: (found) => ({ ...found, result: withoutOtherUrls(found.result) }),
  exitCode: resultExitCode,
};

export function addResultCommand(program: Command, deps: CommandDeps, done: (exitCode: number) => void): void {
  const { commands, headings } = deps.messages.help;
  const command = program.command('result').description(commands.result);
  command.optionsGroup(headings.output);
  addTaskCommand(command, RESULT, deps, done);
}
