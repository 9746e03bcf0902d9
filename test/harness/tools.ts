export * from '../../loadtest/fault/tools.ts';
