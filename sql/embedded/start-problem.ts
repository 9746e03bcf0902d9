/**
 * Something the person who starts Psephos has to mend: a folder, a port, a version. The message says what and how, so
 * commands print it without a stack and exit 1.
 */
export class StartProblem extends Error {
  override readonly name = 'StartProblem';
}
