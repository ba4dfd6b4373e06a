/** What each target did in each check. */
export class ContractTable {
  private readonly results = new Map<string, Map<string, string>>();

  /** Runs a check and notes how it went. */
  async note(target: string, check: string, action: () => Promise<void>): Promise<void> {
    const row = this.results.get(target) ?? new Map<string, string>();
    this.results.set(target, row);
    row.set(check, 'FAILED');
    await action();
    row.set(check, 'ok');
  }

  of(target: string, check: string): string | undefined {
    return this.results.get(target)?.get(check);
  }

  /** The table, target by check; a target that was left out says why. */
  text(targets: readonly { readonly name: string; readonly missing?: string | undefined }[]): string {
    const checks = [...new Set([...this.results.values()].flatMap((row) => [...row.keys()]))];
    const rows = [
      ['target', ...checks],
      ...targets.map(({ name, missing }) => {
        const row = this.results.get(name);
        return missing === undefined ? [name, ...checks.map((check) => row?.get(check) ?? '-')] : [name, `not run: ${missing}`];
      }),
    ];
    const widths = (rows[0] ?? []).map((_, column) =>
      Math.max(...rows.filter((row) => row.length > 2).map((row) => (row[column] ?? '').length)),
    );
    return rows
      .map((row) => row.map((cell, column) => cell.padEnd(row.length > 2 ? (widths[column] ?? 0) : (widths[0] ?? 0))).join('  '))
      .join('\n');
  }
}
