// The decoder program, which also tells on standard error, fifty times a second, what it has taken so far: memory and time.
import { Worker } from 'node:worker_threads';

const program = `
  const { writeSync } = require('node:fs');
  setInterval(() => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
    writeSync(2, 'taken ' + maxRSS + ' ' + (userCPUTime + systemCPUTime) + '\\n');
  }, 20);`;
new Worker(program, { eval: true }).unref();
await import('../../src-main/decoder/main.ts');
