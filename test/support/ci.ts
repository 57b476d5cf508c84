import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { XMLParser, XMLValidator } from 'fast-xml-parser';

/** A file of `.github`. */
export const read = (name: string) => readFileSync(new URL(`../../.github/${name}`, import.meta.url), 'utf8');
export const page = read('CI.md');

/** What a test case of a JUnit report has. */
export const attributes = ['classname', 'name', 'time'];

/** The test cases of a JUnit report. */
export function testCases(xml: string): object[] {
  assert.equal(XMLValidator.validate(xml), true);
  const { testsuites } = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '' }).parse(xml);
  return testsuites.testsuite.testcase;
}
