import { expect, it } from 'vitest';
import { findWorkspace } from '../../../src/config/workspace.ts';
import { TargetContract } from '../../../src/contract/target-contract.ts';

it('says what is wrong with a target that breaks it', async () => {
  // Docs: what a check rejects with is the sentence to read.
  const [first] = new TargetContract(findWorkspace(import.meta.dirname)).checks('no-such-engine');
  await expect(first?.check()).rejects.toThrow(/target: expected one of dbos, .*got "no-such-engine"/);
});
