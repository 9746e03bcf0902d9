import { exampleOf, type Field, fieldsOf, type JsonSchema, type NamedSchema, namedSchemas, refName } from './schema.ts';

interface RawMessage {
  readonly name?: string;
  readonly title?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly payload?: JsonSchema;
  readonly examples?: readonly { readonly payload?: unknown }[];
}

/** The part of an AsyncAPI 3 document that readers need. */
export interface SocketDocument {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly operations?: Readonly<
    Record<string, { readonly action: 'send' | 'receive'; readonly messages?: readonly { readonly $ref: string }[] }>
  >;
  readonly components?: {
    readonly messages?: Readonly<Record<string, RawMessage>>;
    readonly schemas?: Readonly<Record<string, object>>;
  };
}

/** One frame as its readers see it. */
export interface MessageDoc {
  readonly name: string;
  readonly title: string;
  /** 'in': the client sends it */
  readonly direction: 'in' | 'out';
  readonly description: string;
  readonly fields: readonly Field[];
  readonly example: unknown;
}

/** Every frame of the document: what clients send first, then what they receive. */
export function messageDocs(document: SocketDocument): readonly MessageDoc[] {
  const received = new Set(
    Object.values(document.operations ?? {})
      .filter(({ action }) => action === 'receive') // AsyncAPI speaks for the server
      .flatMap(({ messages = [] }) => messages.map(({ $ref }) => refName($ref))),
  );
  const docs = Object.entries(document.components?.messages ?? {}).map(([name, raw]): MessageDoc => {
    const payload = raw.payload?.$ref === undefined ? raw.payload : schemaAt(document, raw.payload.$ref);
    return {
      name,
      title: raw.title ?? raw.name ?? name,
      direction: received.has(name) ? 'in' : 'out',
      description: [raw.summary, raw.description].filter(Boolean).join('\n\n'),
      fields: payload === undefined ? [] : fieldsOf(payload),
      example: raw.examples?.[0]?.payload ?? exampleOf(payload),
    };
  });
  return [
    ...docs.filter(({ direction }) => direction === 'in'),
    ...docs.filter(({ direction }) => direction === 'out'),
  ];
}

function schemaAt(document: SocketDocument, ref: string): JsonSchema | undefined {
  return document.components?.schemas?.[refName(ref)];
}

/** The named schemas that frames refer to; the frames themselves are left out. */
export function socketSchemas(document: SocketDocument): readonly NamedSchema[] {
  const frames = Object.values(document.components?.messages ?? {}).map(({ payload }) => refName(payload?.$ref ?? ''));
  return namedSchemas(document.components?.schemas ?? {}).filter(({ name }) => !frames.includes(name));
}
