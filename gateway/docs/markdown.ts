import { ERROR_CODES } from '../../protocol/errors.ts';
import { FAILURES, REQUEST_PROBLEMS } from '../errors.ts';
import type { OpenApiDocument } from '../http/document.ts';
import { messageDocs, type SocketDocument, socketSchemas } from './messages.ts';
import { type OperationDoc, operationDocs, schemaDocs } from './operations.ts';
import type { Field, NamedSchema } from './schema.ts';

const MADE = '<!-- Made from the schemas by `npm run docs`; change those, then run it again. -->';

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function fields(list: readonly Field[]): string {
  const rows = list.map(({ name, type, required, description }) => {
    return [`\`${name}\``, type, required ? 'yes' : 'no', description];
  });
  return table(['field', 'value', 'required', 'meaning'], rows);
}

function json(value: unknown): string {
  return `\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\``;
}

function page(parts: readonly (string | null)[]): string {
  return `${parts.filter((part) => part !== null && part !== '').join('\n\n')}\n`;
}

function operation(op: OperationDoc): string {
  const parameters = op.parameters.map((one) => ({ ...one, description: `${one.description} (${one.in})`.trim() }));
  const answers = [
    ...op.answers.map(({ status, type, description }) => [status, type, description]),
    ...op.errors.map(({ status, code, meaning }) => [status, code, meaning]),
  ];
  return page([
    `### ${op.summary}`,
    `\`${op.method} ${op.path}\` · ${op.signedIn ? 'needs a bearer token' : 'open to everyone'}`,
    op.description,
    parameters.length > 0 ? `Parameters:\n\n${fields(parameters)}` : null,
    op.body === null ? null : `Body: ${op.body.type}\n\n${fields(op.body.fields)}`,
    table(['status', 'answer', 'meaning'], answers),
    `\`\`\`sh\n${op.curl}\n\`\`\``,
  ]).trimEnd();
}

function shapes(schemas: readonly NamedSchema[]): readonly (string | null)[] {
  const one = (schema: NamedSchema) => [
    `### ${schema.name}`,
    schema.description,
    schema.fields.length === 0 ? schema.type : fields(schema.fields),
    schema.example === undefined ? null : json(schema.example),
  ];
  return ['## Shapes', ...schemas.flatMap(one)];
}

function httpPage(document: OpenApiDocument): string {
  const operations = operationDocs(document);
  const tags = [...new Set(operations.map(({ tag }) => tag))];
  return page([
    '# HTTP',
    MADE,
    document.info.description ?? '',
    ...tags.flatMap((tag) => [`## ${tag}`, ...operations.filter((op) => op.tag === tag).map(operation)]),
    ...shapes(schemaDocs(document)),
  ]);
}

function socketPage(document: SocketDocument): string {
  return page([
    '# Socket',
    MADE,
    document.info.description ?? '',
    ...messageDocs(document).flatMap((message) => [
      `## ${message.title}`,
      message.direction === 'in' ? 'You send this.' : 'You receive this.',
      message.description,
      message.fields.length === 0 ? null : fields(message.fields),
      message.example === undefined ? null : json(message.example),
    ]),
    ...shapes(socketSchemas(document)),
  ]);
}

function errorsPage(): string {
  const mappings = [...Object.values(FAILURES), ...Object.values(REQUEST_PROBLEMS)];
  const statuses = (code: string) => [
    ...new Set(mappings.filter((one) => one.code === code).map(({ status }) => status)),
  ];
  const rows = Object.entries(ERROR_CODES).map(([code, { meaning, next }]) => {
    return [`\`${code}\``, statuses(code).join(', '), meaning, next];
  });
  return page([
    '# Errors',
    MADE,
    'Over HTTP every answer from 400 upwards has the body `{error_code, message, details, timestamp, request_id}`; over ' +
      'the socket a refused request has `error: {code, message, retry_after_ms?, details?}`. The codes are the same.',
    'Retry 423, 429 and 5xx only: at most twice, after `retry_after_ms` (over HTTP `details.retry_after_ms`), with the ' +
      'same cast key, `request_id` or `Idempotency-Key`.',
    table(['code', 'HTTP', 'meaning', 'what to do'], rows),
  ]);
}

/** Files of docs/: name -> text. Made of the schemas alone, so that they cannot drift from the code. */
export function renderProtocolDocs(
  openApi: OpenApiDocument,
  asyncApi: SocketDocument,
): Readonly<Record<'protocol/http.md' | 'protocol/socket.md' | 'errors.md', string>> {
  return {
    'protocol/http.md': httpPage(openApi),
    'protocol/socket.md': socketPage(asyncApi),
    'errors.md': errorsPage(),
  };
}
