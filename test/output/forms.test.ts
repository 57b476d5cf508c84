import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OUTPUTS } from '../../src/core/config/settings.ts';
import { QUERY_FORMS } from '../../src/output/query.ts';
import { fakeDeps } from '../support/deps.ts';
import { mmaiInProcess } from '../support/in-process.ts';
import { commandTree } from '../support/tree.ts';

/** What each command prints in a form, as the start of its standard output. */
const PRINTED: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  status: {
    text: /^1 {2}succeeded {2}2 {2}\S+\n$/,
    json: /^\{\n {2}"tasks": \[/,
    tsv: /^1\tsucceeded\t2\n$/,
    raw: /^\{"Status":2,/,
  },
  watch: {
    text: /^1 {2}succeeded {2}[\d.]+s\n$/,
    json: /^\{\n {2}"tasks": \[/,
    ndjson: /^\{"v":"1\.\d","type":"version"/,
    tsv: /^1\tsucceeded\t2\n$/,
  },
  result: {
    text: /^1 {2}succeeded {2}30s {2}http:\S+\n$/,
    json: /^\{\n {2}"tasks": \[/,
    tsv: /^1\tsucceeded\thttp:\S+\n$/,
    raw: /^\{"Status":2,/,
  },
  explain: { text: /^exit code 70\n/, json: /^\{\n {2}"explanations": \[/ },
};
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  status: ['1', '--simulate', '2'],
  watch: ['1', '--simulate', '2', '-q'],
  result: ['1', '--simulate', '2'],
  explain: ['70'],
};

describe('the forms of an answer', async () => {
  const tree = await commandTree(fakeDeps());
  for (const [name, printed] of Object.entries(PRINTED)) {
    const command = tree.commands.find((one) => one.name() === name)!;
    const offered = /<(.*)>/.exec(command.options.find(({ long }) => long === '--output')!.flags)![1]!.split('|');

    it(`of ${name} are those that its help and completion offer`, () =>
      assert.deepEqual(offered, Object.keys(printed)));

    for (const form of OUTPUTS) {
      it(`of ${name}: ${form} is ${printed[form] ? 'printed' : 'refused'}`, async () => {
        const { code, stdout } = await mmaiInProcess([name, ...ARGUMENTS[name]!, '-o', form]);
        assert.equal(code, printed[form] ? 0 : 2);
        if (printed[form]) assert.match(stdout, printed[form]);
      });

      it(`of ${name}: a query ${printed[form] && QUERY_FORMS[form] ? 'is' : 'cannot be'} printed as ${form}`, async () => {
        const { code, stderr } = await mmaiInProcess([name, ...ARGUMENTS[name]!, '-o', form, '--query', '@']);
        const isPrinted = printed[form] && QUERY_FORMS[form];
        assert.equal(code, isPrinted ? 0 : 2);
        if (!isPrinted && printed[form]) assert.match(stderr, new RegExp(`--query and --output ${form}`));
      });
    }
  }
});
