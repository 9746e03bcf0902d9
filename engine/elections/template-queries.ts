import type { Transaction } from '../db/index.ts';
import type { ElectionPattern, Template } from './template.ts';

/** SQL of templates. */

interface TemplateRow {
  readonly template_id: string;
  readonly name: string;
  readonly description: string;
  readonly election: ElectionPattern;
  readonly created_at: Date;
}

function templateOf(row: TemplateRow): Template {
  return {
    templateId: row.template_id,
    name: row.name,
    description: row.description,
    election: row.election,
    builtIn: false,
    createdAt: row.created_at,
  };
}

/** By name. */
export async function selectTemplates(tx: Transaction, orgId: string, limit: number): Promise<Template[]> {
  const rows = await tx<TemplateRow[]>`
    SELECT template_id, name, description, election, created_at FROM app.election_templates
    WHERE org_id = ${orgId} ORDER BY name, template_id LIMIT ${limit}`;
  return rows.map(templateOf);
}

export async function selectTemplate(
  tx: Transaction,
  orgId: string,
  templateId: string,
): Promise<Template | undefined> {
  const [row] = await tx<TemplateRow[]>`
    SELECT template_id, name, description, election, created_at FROM app.election_templates
    WHERE org_id = ${orgId} AND template_id = ${templateId}`;
  return row && templateOf(row);
}

export async function insertTemplate(
  tx: Transaction,
  orgId: string,
  templateId: string,
  template: Pick<Template, 'name' | 'description' | 'election'>,
  actor: string,
): Promise<void> {
  await tx`INSERT INTO app.election_templates (org_id, template_id, name, description, election, created_by)
    VALUES (${orgId}, ${templateId}, ${template.name}, ${template.description}, ${tx.json(template.election as never)}, ${actor})`;
}

export async function updateTemplate(
  tx: Transaction,
  orgId: string,
  templateId: string,
  template: Pick<Template, 'name' | 'description' | 'election'>,
): Promise<void> {
  await tx`UPDATE app.election_templates
    SET name = ${template.name}, description = ${template.description}, election = ${tx.json(template.election as never)}
    WHERE org_id = ${orgId} AND template_id = ${templateId}`;
}

export async function deleteTemplate(tx: Transaction, orgId: string, templateId: string): Promise<boolean> {
  const rows = await tx`DELETE FROM app.election_templates
    WHERE org_id = ${orgId} AND template_id = ${templateId} RETURNING template_id`;
  return rows.length > 0;
}
