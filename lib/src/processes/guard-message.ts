/** What an owner tells its guard: one JSON object a line. */
export type GuardMessage =
  | {
      readonly kind: 'process';
      readonly pid: number;
      readonly startTime: string;
      readonly processGroup: boolean;
      readonly signal: NodeJS.Signals;
      readonly graceMs: number;
    }
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'release'; readonly what: number | string };
