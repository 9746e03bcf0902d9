import { allOperations } from '../http/app.ts';
import { openApiDocument } from '../http/document.ts';
import { asyncApiDocument } from '../socket/asyncapi.ts';
import { renderProtocolDocs } from './markdown.ts';

/** Files of docs/ as the code of this moment would have them: name -> text. */
export function protocolDocs(): Readonly<Record<string, string>> {
  const operations = allOperations({ socketUrl: () => '', draining: () => false });
  return renderProtocolDocs(openApiDocument(operations), asyncApiDocument());
}
