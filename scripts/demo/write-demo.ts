// npm run demo: records the pictures of the READMEs anew.
import { mkdirSync, writeFileSync } from 'node:fs';
import { record } from './record.ts';
import { svgOf } from './svg.ts';

const size = { columns: 74, rows: 13 };
const session = {
  ...size,
  script:
    '10051344=2;400010=1:9s,2;400011=0:1s,1:4s,2;400012=0:3s,1:3s,3;400013=1:2s,throttle(2s),1:4s,2;400014=0:4s,1:4s,2',
  commands: ['mmai status 10051344 400010', 'mmai watch 400010 400011 400012 400013 400014', 'echo $?'],
};
const directory = new URL('../../.github/', import.meta.url);
mkdirSync(directory, { recursive: true });
for (const [language, name, title] of [
  ['en', 'demo.svg', 'mmai status of two tasks, mmai watch of five, one of which fails, and its exit code 1'],
  ['zh', 'demo.zh-CN.svg', 'mmai status 查询两个任务，mmai watch 等待五个任务，其中一个执行失败，退出码为 1'],
] as const) {
  const frames = await record({ ...session, language });
  const svg = svgOf(frames, { ...size, title });
  writeFileSync(new URL(name, directory), svg);
  process.stdout.write(`${name}: ${frames.length} frames, ${(svg.length / 1024).toFixed(1)} KiB\n`);
}
