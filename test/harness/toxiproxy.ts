export * from '../../loadtest/fault/toxiproxy.ts';
