import { randomUUID } from 'node:crypto';
import type { Database } from '../db/index.ts';
import { guarded } from '../guarded.ts';
import { limits } from '../limits.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import { BUILT_IN_TEMPLATES } from './built-in-templates.ts';
import { checkSettled } from './create.ts';
import { missingReference } from './references.ts';
import type { Template } from './template.ts';
import * as queries from './template-queries.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const NO_TEMPLATE = refuse('not_found', 'There is no such template.', { details: { resource: 'template' } });

/** Elections to begin from: an organisation's own, and one for each method that everybody has. */
export class Templates {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Own ones by name, then the built-in ones; few enough for one page. */
  async list(orgId: string): Promise<Outcome<readonly Template[]>> {
    return guarded(async () => {
      const own = await this.#database.management.withOrg(orgId, (tx) =>
        queries.selectTemplates(tx, orgId, limits.organisationMaxTemplates),
      );
      return accept([...own, ...BUILT_IN_TEMPLATES]);
    });
  }

  async get(orgId: string, templateId: string): Promise<Outcome<Template>> {
    const builtIn = BUILT_IN_TEMPLATES.find((template) => template.templateId === templateId);
    if (builtIn !== undefined) return accept(builtIn);
    if (!UUID.test(templateId)) return NO_TEMPLATE;
    return guarded(async () => {
      const own = await this.#database.management.withOrg(orgId, (tx) => queries.selectTemplate(tx, orgId, templateId));
      return own === undefined ? NO_TEMPLATE : accept(own);
    });
  }

  async create(
    orgId: string,
    input: Pick<Template, 'name' | 'election'> & { readonly description?: string | undefined },
    actor: string,
  ): Promise<Outcome<Template>> {
    const checked = checkSettled(input.election);
    if (!checked.ok) return checked;
    const templateId = randomUUID();
    const template = { name: input.name, description: input.description ?? '', election: input.election };
    const made = await guarded(async () =>
      this.#database.management.withOrg(orgId, async (tx): Promise<Outcome<null>> => {
        const present = await queries.selectTemplates(tx, orgId, limits.organisationMaxTemplates);
        if (present.length >= limits.organisationMaxTemplates) {
          return refuse('over_quota', `An organisation has at most ${limits.organisationMaxTemplates} templates.`);
        }
        const missing = await missingReference(tx, orgId, input.election, 'election.');
        if (missing !== null) return missing;
        await queries.insertTemplate(tx, orgId, templateId, template, actor);
        return accept(null);
      }),
    );
    return made.ok ? this.get(orgId, templateId) : made;
  }

  /** What is left out stays. */
  async edit(
    orgId: string,
    templateId: string,
    changes: { readonly [Name in 'name' | 'description' | 'election']?: Template[Name] | undefined },
  ): Promise<Outcome<Template>> {
    const found = await this.get(orgId, templateId);
    if (!found.ok) return found;
    if (found.value.builtIn) return builtInStays();
    const template = {
      name: changes.name ?? found.value.name,
      description: changes.description ?? found.value.description,
      election: changes.election ?? found.value.election,
    };
    const checked = checkSettled(template.election);
    if (!checked.ok) return checked;
    const done = await guarded(() =>
      this.#database.management.withOrg(orgId, async (tx): Promise<Outcome<null>> => {
        // what is left as it was may name a group that has gone meanwhile; using the template tells
        const missing = changes.election && (await missingReference(tx, orgId, changes.election, 'election.'));
        if (missing != null) return missing;
        await queries.updateTemplate(tx, orgId, templateId, template);
        return accept(null);
      }),
    );
    return done.ok ? this.get(orgId, templateId) : done;
  }

  async remove(orgId: string, templateId: string): Promise<Outcome<null>> {
    const found = await this.get(orgId, templateId);
    if (!found.ok) return found;
    if (found.value.builtIn) return builtInStays();
    return guarded(async () => {
      const done = await this.#database.management.withOrg(orgId, (tx) =>
        queries.deleteTemplate(tx, orgId, templateId),
      );
      return done ? accept(null) : NO_TEMPLATE;
    });
  }
}

function builtInStays(): Outcome<never> {
  return refuse('conflict', 'A built-in template cannot be changed. Make your own from it.', {
    details: { reason: 'built_in' },
  });
}
