export { Attempts, type Pauses } from './attempts.ts';
