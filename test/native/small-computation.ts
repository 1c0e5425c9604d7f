// A program that computes one sum with ONNX Runtime: devices.test.ts looks what it leaves on the machine.
import { add, scalar } from '../../native/graph/build.ts';
import { evaluate } from '../../native/runtime/program.ts';
import { cpu } from '../../native/runtime/session.ts';

const { sum } = await evaluate(cpu, { sum: add(scalar(1), scalar(2)) });
process.stdout.write(`${sum![0]}`);
