import type pg from 'pg';
import type { ProtectGroup } from '../../processes/guard.ts';
import { withLimit } from '../../timing/with-limit.ts';
import { redactSecrets, secretsOf } from '../../processes/secrets.ts';
import { headerSecrets, request } from './http-request.ts';
import { type Values, fill, fillAll, fillValue } from './placeholders.ts';
import { runCommand } from './run-command.ts';
import type { TargetFile } from './target-file.ts';
import type { Step } from './target-schema.ts';

interface StepSetting {
  readonly env: Readonly<Record<string, string>>;
  /** For `env` alone. */
  readonly secrets: Values;
  readonly databaseUrl: string;
  readonly workingDirectory: string;
  readonly protect: ProtectGroup;
}

/** Runs the commands, the SQL and the requests of a description; their errors say where it stands in the file. */
export class StepRunner {
  private readonly file: TargetFile;
  private readonly setting: StepSetting;

  constructor(file: TargetFile, setting: StepSetting) {
    this.file = file;
    this.setting = setting;
  }

  /**
   * Resolves with what the command printed, with the first value of the SQL's first row (undefined when it has none), or with the
   * body that answered the request.
   */
  async run(path: readonly (string | number)[], step: Step, values: Values, pool: pg.Pool): Promise<string | undefined> {
    const outcome = await this.attempt(step, values, pool).then(
      (output) => ({ output }),
      // A program may well print the address that it could not reach.
      (error: unknown) => ({
        problem: redactSecrets((error as Error).message, [...headerSecrets(step.http), ...secretsOf(this.setting.databaseUrl, step.env)]),
      }),
    );
    if ('output' in outcome) return outcome.output;
    const [program] = step.command ?? [];
    // Without the error as its cause, which may hold the password.
    throw new Error(
      `${this.file.placeOf(path)} ${path.join('.')}:${program === undefined ? '' : ` ${fill(program, values)}`} ${outcome.problem}`,
    );
  }

  private async attempt(step: Step, values: Values, pool: pg.Pool): Promise<string | undefined> {
    if (step.http) return request(step.http, values, step.seconds);
    if (step.sql !== undefined) return runSql(step, values, pool);
    const { env, secrets, workingDirectory, protect } = this.setting;
    return runCommand(
      (step.command ?? []).map((argument) => fill(argument, values)),
      {
        cwd: step.cwd === undefined ? workingDirectory : fill(step.cwd, values),
        env: { ...env, ...fillAll(step.env ?? {}, { ...values, ...secrets }) },
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
