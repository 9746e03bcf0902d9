import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const made: string[] = [];
// not afterAll: that takes nothing from within a test
process.once('exit', () => {
  for (const path of made) rmSync(path, { recursive: true, force: true });
});

/** A copy of sql/migrations and sql/functions to change, gone with the process. */
export class SqlFolder {
  /** a space in its name, as in many a person's folders */
  readonly #path = mkdtempSync(join(tmpdir(), 'psephos sql '));

  constructor() {
    for (const part of ['migrations', 'functions'])
      cpSync(join('sql', part), join(this.#path, part), { recursive: true });
    made.push(this.#path);
  }

  get url(): URL {
    return pathToFileURL(`${this.#path}/`);
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.#path, file), text);
  }

  append(file: string, text: string): void {
    this.write(file, readFileSync(join(this.#path, file), 'utf8') + text);
  }

  remove(file: string): void {
    rmSync(join(this.#path, file));
  }

  rename(file: string, name: string): void {
    renameSync(join(this.#path, file), join(this.#path, name));
  }
}
