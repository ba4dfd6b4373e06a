import { describeContract } from './describe-contract.ts';

await describeContract('dbos');
