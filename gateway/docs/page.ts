import { ERROR_CODES } from '../../protocol/errors.ts';
import type { OpenApiDocument } from '../http/document.ts';
import { html, type Markup, prose } from './html.ts';
import { type MessageDoc, messageDocs, type SocketDocument, socketSchemas } from './messages.ts';
import { type OperationDoc, operationDocs, schemaDocs } from './operations.ts';
import type { Field, NamedSchema } from './schema.ts';

const schemaAnchor = (name: string) => `schema-${name}`;

function typeCell(type: string, schemas: ReadonlySet<string>): Markup {
  const words = type.split(/\b(\w+)\b/);
  return html`${words.map((word) => (schemas.has(word) ? html`<a href="#${schemaAnchor(word)}">${word}</a>` : word))}`;
}

function fieldTable(caption: string, fields: readonly Field[], schemas: ReadonlySet<string>): Markup | null {
  if (fields.length === 0) return null;
  return html`<table aria-label="${caption}">
    <thead><tr><th scope="col">Name</th><th scope="col">Value</th><th scope="col">Meaning</th></tr></thead>
    <tbody>${fields.map(
      (field) => html`<tr>
        <td><code>${field.name}</code></td>
        <td>${typeCell(field.type, schemas)}${field.required ? null : html` <span class="note">optional</span>`}</td>
        <td>${field.description}</td></tr>`,
    )}</tbody></table>`;
}

function operationArticle(op: OperationDoc, schemas: ReadonlySet<string>): Markup {
  return html`<article id="${op.id}">
    <h3>${op.summary}</h3>
    <p class="route"><span class="verb verb-${op.method.toLowerCase()}">${op.method}</span> ${op.path}</p>
    ${prose(op.description)}
    <p class="note">${op.signedIn ? 'Needs a bearer token.' : 'Open to everyone.'}</p>
    ${op.parameters.length > 0 && html`<h4>Parameters</h4>`}
    ${fieldTable(
      `Parameters of ${op.summary}`,
      op.parameters.map((one) => ({ ...one, description: `${one.description} (${one.in})`.trim() })),
      schemas,
    )}
    ${op.body !== null && html`<h4>Body: ${typeCell(op.body.type, schemas)}</h4>`}
    ${op.body !== null && fieldTable(`Body of ${op.summary}`, op.body.fields, schemas)}
    <h4>Answers</h4>
    <table aria-label="Answers of ${op.summary}">
      <thead><tr><th scope="col">Status</th><th scope="col">What</th><th scope="col">Meaning</th></tr></thead>
      <tbody>${op.answers.map(
        ({ status, type, description }) =>
          html`<tr><td>${status}</td><td>${typeCell(type, schemas)}</td><td>${description}</td></tr>`,
      )}${op.errors.map(
        ({ status, code, meaning }) =>
          html`<tr><td class="status-bad">${status}</td><td><a href="#${code}">${code}</a></td><td>${meaning}</td></tr>`,
      )}</tbody></table>
    <h4>Example</h4>
    <pre><code>${op.curl}</code></pre>
  </article>`;
}

function messageArticle(message: MessageDoc, schemas: ReadonlySet<string>): Markup {
  return html`<article id="message-${message.name}">
    <h3>${message.title}</h3>
    <p class="note">${message.direction === 'in' ? 'You send this.' : 'You receive this.'}</p>
    ${prose(message.description)}
    ${fieldTable(`Fields of ${message.title}`, message.fields, schemas)}
    ${message.example !== undefined && html`<h4>Example</h4><pre><code>${JSON.stringify(message.example, null, 2)}</code></pre>`}
  </article>`;
}

function schemaArticle(schema: NamedSchema, schemas: ReadonlySet<string>): Markup {
  return html`<article id="${schemaAnchor(schema.name)}">
    <h3>${schema.name}</h3>
    ${prose(schema.description)}
    ${schema.fields.length === 0 && html`<p>${typeCell(schema.type, schemas)}</p>`}
    ${fieldTable(`Fields of ${schema.name}`, schema.fields, schemas)}
    ${schema.example !== undefined && html`<h4>Example</h4><pre><code>${JSON.stringify(schema.example, null, 2)}</code></pre>`}
  </article>`;
}

function errorTable(): Markup {
  return html`<table aria-label="Error codes">
    <thead><tr><th scope="col">Code</th><th scope="col">Meaning</th><th scope="col">What to do</th></tr></thead>
    <tbody>${Object.entries(ERROR_CODES).map(
      ([code, { meaning, next }]) =>
        html`<tr id="${code}"><td><code>${code}</code></td><td>${meaning}</td><td>${next}</td></tr>`,
    )}</tbody></table>`;
}

function navigation(
  tags: readonly string[],
  operations: readonly OperationDoc[],
  messages: readonly MessageDoc[],
): Markup {
  const group = (title: string, links: readonly Markup[]) => html`<p class="group">${title}</p><ul>${links}</ul>`;
  const link = (anchor: string, text: string) => html`<li><a href="#${anchor}">${text}</a></li>`;
  return html`<nav aria-label="Contents">
    ${tags.map((tag) =>
      group(
        tag,
        operations.filter((op) => op.tag === tag).map((op) => link(op.id, op.summary)),
      ),
    )}
    ${group(
      'Over the socket',
      messages.map((message) => link(`message-${message.name}`, message.title)),
    )}
    ${group('Reference', [link('errors', 'Error codes'), link('schemas', 'Shapes')])}
  </nav>`;
}

/** The whole documentation as one page, from the two documents that machines read. */
export function documentationPage(openApi: OpenApiDocument, asyncApi: SocketDocument): string {
  const operations = operationDocs(openApi);
  const messages = messageDocs(asyncApi);
  const overHttp = schemaDocs(openApi);
  const known = new Set(overHttp.map(({ name }) => name));
  const shapes = [...overHttp, ...socketSchemas(asyncApi).filter(({ name }) => !known.has(name))];
  const names = new Set(shapes.map(({ name }) => name));
  const tags = [...new Set(operations.map(({ tag }) => tag))];
  return html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Psephos: how to talk to it</title>
  <link rel="stylesheet" href="/docs/style.css">
</head>
<body>
  <a class="skip" href="#content">Skip to the content</a>
  <div class="frame">
    ${navigation(tags, operations, messages)}
    <main id="content">
      <h1>Psephos: how to talk to it</h1>
      ${prose(openApi.info.description ?? '')}
      <p>For machines: <a href="/openapi.json">openapi.json</a> and <a href="/asyncapi.json">asyncapi.json</a>.</p>
      ${tags.map(
        (tag) => html`<section aria-labelledby="tag-${tag.replaceAll(' ', '-')}">
          <h2 id="tag-${tag.replaceAll(' ', '-')}">${tag}</h2>
          ${operations.filter((op) => op.tag === tag).map((op) => operationArticle(op, names))}
        </section>`,
      )}
      <section aria-labelledby="messages"><h2 id="messages">Over the socket</h2>
        ${prose(asyncApi.info.description ?? '')}
        ${messages.map((message) => messageArticle(message, names))}
      </section>
      <section aria-labelledby="errors"><h2 id="errors">Error codes</h2>${errorTable()}</section>
      <section aria-labelledby="schemas"><h2 id="schemas">Shapes</h2>
        ${shapes.map((schema) => schemaArticle(schema, names))}
      </section>
    </main>
  </div>
</body>
</html>
`.text;
}
