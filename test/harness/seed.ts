import fc from 'fast-check';

// One seed for every property of a run; cli/test.ts chooses and prints it, so that a failure can be repeated whole.
const seed = Number(process.env.PSEPHOS_SEED);
if (Number.isInteger(seed)) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
