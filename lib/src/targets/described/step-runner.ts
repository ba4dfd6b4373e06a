import type pg from 'pg';
import type { ProtectGroup } from '../../processes/guard.ts';
import { withLimit } from '../../timing/with-limit.ts';
import { redactSecrets, secretsOf } from './database-secrets.ts';
import { type Values, fill, fillValue } from './placeholders.ts';
import { runCommand } from './run-command.ts';
import type { TargetFile } from './target-file.ts';
import type { Step } from './target-schema.ts';

interface StepSetting {
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: { readonly database_url: string };
  readonly workingDirectory: string;
  readonly protect: ProtectGroup;
}

/** Runs the commands and the SQL of a description; their errors say where it stands in the file. */
export class StepRunner {
  private readonly file: TargetFile;
  private readonly setting: StepSetting;

  constructor(file: TargetFile, setting: StepSetting) {
    this.file = file;
    this.setting = setting;
  }

  /** Resolves with what the command printed, or with the first value of the SQL's first row; undefined when it has none. */
  async run(path: readonly (string | number)[], step: Step, values: Values, pool: pg.Pool): Promise<string | undefined> {
    const outcome = await (step.sql === undefined ? this.runCommand(step, values) : runSql(step, values, pool)).then(
      (output) => ({ output }),
      // A program may well print the address that it could not reach.
      (error: unknown) => ({ problem: redactSecrets((error as Error).message, secretsOf(this.setting.secrets.database_url)) }),
    );
    if ('output' in outcome) return outcome.output;
    const [program] = step.command ?? [];
    // Without the error as its cause, which may hold the password.
    throw new Error(
      `${this.file.placeOf(path)} ${path.join('.')}:${program === undefined ? '' : ` ${fill(program, values)}`} ${outcome.problem}`,
    );
  }

  private async runCommand(step: Step, values: Values): Promise<string> {
    const { env, secrets, workingDirectory, protect } = this.setting;
    const own = Object.entries(step.env ?? {}).map(([name, text]) => [name, fill(text, { ...values, ...secrets })]);
    return runCommand(
      (step.command ?? []).map((argument) => fill(argument, values)),
      {
        cwd: step.cwd === undefined ? workingDirectory : fill(step.cwd, values),
        env: { ...env, ...(Object.fromEntries(own) as Record<string, string>) },
        seconds: step.seconds,
        protect,
      },
    );
  }
}

async function runSql(step: Step, values: Values, pool: pg.Pool): Promise<string | undefined> {
  const parameters = (step.parameters ?? []).map((value) => fillValue(value, values));
  const text = step.sql ?? '';
  const query = parameters.length > 0 ? { text, values: parameters, rowMode: 'array' as const } : { text, rowMode: 'array' as const };
  const result = await withLimit(pool.query<(string | number | boolean | null)[]>(query), step.seconds, 'the SQL');
  const value = [result].flat().at(-1)?.rows[0]?.[0];
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
