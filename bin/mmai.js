#!/usr/bin/env node
import { run } from '../dist/cli.js';
import { leave, systemContext } from '../dist/context.js';

const system = systemContext();
await leave(await run(process.argv.slice(2), system), system);
