import type { z } from 'zod';
import { type FieldProblem, type FieldSentence, reasonOf } from '../../protocol/field-problems.ts';
import { textProblem } from '../../protocol/text.ts';
import type { AnyFailure } from '../errors.ts';

/** No request of ours nests deeper than a ballot in a body: 4 levels. */
const DEPTH_MAX = 16;
/** A client that sends thousands of mistakes learns enough from the first ones. */
const PROBLEMS_MAX = 20;

export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: AnyFailure };

function malformed(fields: readonly FieldProblem[]): { readonly ok: false; readonly failure: AnyFailure } {
  const [first] = fields;
  const message =
    first === undefined || first.path === ''
      ? `The request is malformed: it ${first?.problem ?? 'cannot be read'}.`
      : `The request is malformed: ${first.path} ${first.problem}.`;
  return { ok: false, failure: { kind: 'invalid_input', message, details: { fields } } };
}

/** A request that would be right if its texts were shorter has an error code of its own. */
function tooLong(fields: readonly FieldProblem[]): { readonly ok: false; readonly failure: AnyFailure } | null {
  const [first] = fields;
  if (first === undefined || !fields.every(({ problem }) => reasonOf(problem)?.reason === 'too_long')) return null;
  const message = `A text is too long: ${first.path} ${first.problem}.`;
  return { ok: false, failure: { kind: 'text_too_long', message, details: { fields } } };
}

function joinPath(path: readonly PropertyKey[]): string {
  return path.map(String).join('.');
}

/** zod's issues as fields; of a union the branch that came furthest speaks. */
function fieldsOf(issues: readonly z.core.$ZodIssue[], prefix: readonly PropertyKey[] = []): FieldProblem[] {
  return issues.flatMap((issue): FieldProblem[] => {
    const path = [...prefix, ...issue.path];
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ path: joinPath([...path, key]), problem: 'is not a known field' }));
    }
    if (issue.code === 'invalid_union' && issue.errors.length > 0) {
      const depth = (branch: readonly z.core.$ZodIssue[]) => Math.max(0, ...branch.map((one) => one.path.length));
      const nearest = issue.errors.reduce((best, branch) => (depth(branch) > depth(best) ? branch : best));
      if (depth(nearest) > 0) return fieldsOf(nearest, path);
    }
    if (issue.code === 'invalid_type' && issue.input === undefined && /undefined$/.test(issue.message)) {
      return [{ path: joinPath(path), problem: 'is missing' }];
    }
    // what zod and our schemas say stands in the table too; a test walks every schema
    const problem = (issue.message.charAt(0).toLowerCase() + issue.message.slice(1)) as FieldSentence;
    return [{ path: joinPath(path), problem }];
  });
}

/** Checks a value against its schema; the failure names every field that is wrong (the first 20). */
export function checkShape<T>(schema: z.ZodType<T>, value: unknown): Checked<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return { ok: true, value: parsed.data };
  const fields = fieldsOf(parsed.error.issues).slice(0, PROBLEMS_MAX);
  return tooLong(fields) ?? malformed(fields);
}

/**
 * Refuses what no schema of ours wants anywhere: texts and keys that cannot be stored, keys that would change an
 * object's prototype, numbers beyond a double, and nesting without end. Walks without recursion, so that depth
 * cannot exhaust the stack.
 */
export function checkJson(value: unknown): Checked<unknown> {
  const waiting: { readonly at: unknown; readonly path: readonly PropertyKey[] }[] = [{ at: value, path: [] }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { at, path } = next;
    const problem = typeof at === 'string' ? textProblem(at) : null;
    if (problem !== null) return malformed([{ path: joinPath(path), problem }]);
    if (typeof at === 'number' && !Number.isFinite(at)) {
      return malformed([{ path: joinPath(path), problem: 'is a number too large to be kept' }]);
    }
    if (typeof at !== 'object' || at === null) continue;
    if (path.length >= DEPTH_MAX) return malformed([{ path: '', problem: `nests deeper than ${DEPTH_MAX} levels` }]);
    for (const [key, inner] of Object.entries(at)) {
      if (key === '__proto__' || textProblem(key) !== null) {
        return malformed([{ path: joinPath(path), problem: 'has a field name that cannot be used' }]);
      }
      waiting.push({ at: inner, path: [...path, key] });
    }
  }
  return { ok: true, value };
}
