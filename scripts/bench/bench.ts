/**
 * `npm run bench [-- --quick] [-- --json] [-- --bin PATH]`: mmai beside the least a program can do and beside the official
 * clients, on this machine, against a server on loopback. Whole processes, interleaved, with medians and their extremes; the
 * ratios say more than the milliseconds. Needs the build, bash, curl and openssl.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { batches, batchThroughput, frameMs, oneShots, type Places, signingMicroseconds } from './cases.ts';
import { goals } from './goals.ts';
import { measureAll } from './measure.ts';
import { goalTable, processTable, scaleTable, strategyTable } from './report.ts';
import { scale } from './scale.ts';
import { compareStrategies } from './strategies.ts';

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    bin: { type: 'string', default: here('../../bin/mmai.cjs') },
  },
});
const work = mkdtempSync(join(tmpdir(), 'mmai-bench-'));
const [keyFile, caFile] = [join(work, 'key.pem'), join(work, 'cert.pem')];
const request = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost';
const names = ['-addext', 'subjectAltName=DNS:localhost', '-keyout', keyFile, '-out', caFile];
execFileSync('openssl', [...request.split(' '), ...names], { stdio: 'ignore' });
const server = spawn(process.execPath, ['--import', 'tsx', here('server.ts'), keyFile, caFile], {
  stdio: ['pipe', 'pipe', 'inherit'],
});

try {
  const [line] = await once(server.stdout, 'data');
  const places: Places = { ...JSON.parse(String(line)), bin: values.bin, clients: here('clients'), caFile, work };
  const results = {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    processes: measureAll(oneShots(places), values.quick ? 5 : 21),
    throughput: batchThroughput(batches(places), values.quick ? [200, 1200] : [2000, 22_000], values.quick ? 1 : 5),
    signingUs: signingMicroseconds(values.quick ? 20_000 : 200_000),
    scale: values.quick ? scale(places, 2000, 5000) : scale(places, 100_000, 1_000_000),
    frameMs: frameMs(100_000),
    strategies: compareStrategies(values.quick ? 200 : 2000),
  };
  const report = { ...results, goals: goals(results) };
  const text = [
    processTable(results),
    scaleTable(results),
    goalTable(report.goals),
    strategyTable(results.strategies),
  ].join('\n');
  process.stdout.write(values.json ? `${JSON.stringify(report, null, 2)}\n` : text);
} finally {
  server.stdin.end();
  rmSync(work, { recursive: true, force: true });
}
