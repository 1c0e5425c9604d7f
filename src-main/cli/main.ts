// The command line: finds the command, runs it, turns failures into one line and an exit code (0, 1 failed, 2 usage).
import { Command } from 'commander';
import { isProblem } from '../platform/errors.ts';
import { version } from '../platform/version.ts';
import { inWords } from '../platform/words.ts';
import { isHelp, usageMistake } from './command.ts';
import { commandGroups } from './commands.ts';
import { type GivenEverywhere, processContext } from './context.ts';

let given: GivenEverywhere = { verbose: false, catalog: undefined };
let endContext = () => {};

const program = new Command('residua')
  .description('Triages a medical image archive by what a model of normal images does not expect. Research use only.')
  .version(version)
  .enablePositionalOptions()
  .exitOverride()
  .configureOutput({ writeErr: () => {} })
  .addHelpText('after', '\nresidua COMMAND --help shows the options of a command.');
for (const [group, commands] of Object.entries(commandGroups)) {
  for (const [name, { summary, load }] of Object.entries(commands)) {
    program
      .command(name)
      .helpGroup(`${group}:`)
      .description(summary)
      .usage('[options]')
      .allowExcessArguments()
      .helpOption(false)
      .allowUnknownOption()
      .passThroughOptions()
      .action(async (_options: unknown, { args: words }: Command) => {
        const command = await load();
        await command({ name, summary, words }, (everywhere) => {
          given = everywhere;
          const context = processContext(given);
          endContext = context.end;
          return context;
        });
      });
  }
}

// Who reads the results may leave before the end (`| head`): this ends then, without a word, as a tool ended by SIGPIPE.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(128 + 13);
});
// Remarks that nobody reads any more are no reason to stop.
process.stderr.on('error', () => {});

void run(process.argv.slice(2));

/** Not awaited at the top: a package carries this program as CommonJS. */
async function run(words: readonly string[]): Promise<void> {
  try {
    await program.parseAsync(words.length === 0 ? ['--help'] : words, { from: 'user' });
  } catch (error) {
    endContext();
    if (!isHelp(error)) process.exitCode = complain(error);
  }
  endContext();
}

function complain(error: unknown): number {
  const mistake = usageMistake(error);
  console.error(`residua: ${mistake ?? inWords(error)}`);
  if (given.verbose && error instanceof Error) console.error(error.stack);
  if (mistake === undefined && !isProblem(error, 'usage')) return 1;
  console.error('residua COMMAND --help shows how a command is used.');
  return 2;
}
