import { describeContract } from './describe-contract.ts';
import { standInOrk } from './stand-in-ork.ts';

// The real one where ORK_BIN names it, else the stand-in that speaks its commands.
await describeContract('ork:command', { ORK_BIN: process.env['ORK_BIN'] ?? standInOrk }, [
  'every task once',
  'open is what has not ended',
  'odd names',
  'an interrupt leaves nothing',
]);
