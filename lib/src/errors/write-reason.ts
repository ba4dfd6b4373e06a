import { reasonOf } from './error-reason.ts';

const fullDisk = 'make room there: old experiments are folders of perf-results';
const advices: Readonly<Record<string, string>> = {
  ENOSPC: `The disk is full: ${fullDisk}`,
  EDQUOT: `The quota of the disk is used up: ${fullDisk}`,
  EROFS: 'The disk is read-only by now: the log of the kernel (dmesg) may say why',
};

/** Why a file of the results was not written, and what to do where the disk is the reason. */
export function writeReasonOf(error: unknown): string {
  const reason = reasonOf(error);
  // By its words: what comes from another thread has no code.
  const [code = ''] = /\b(?:ENOSPC|EDQUOT|EROFS)\b/.exec(reason) ?? [];
  return code === '' ? reason : `${reason}. ${advices[code]}`;
}
