export * from '../../loadtest/fault/server-process.ts';
