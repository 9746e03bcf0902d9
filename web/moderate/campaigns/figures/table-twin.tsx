import { t } from '../texts.ts';

/** The figures of a plot as a table: for readers, and for whoever wants to know exactly. */
export function TableTwin(props: {
  /** what the plot is called */
  readonly name: string;
  readonly columns: readonly string[];
  /** the first cell of a row is its heading */
  readonly rows: readonly (readonly string[])[];
}) {
  const { name, columns, rows } = props;
  if (rows.length === 0) return null;
  return (
    <details class="table-twin">
      <summary>{t('twin.asTable', { name })}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than the window is scrolled by keys too */}
      <section class="rounds-scroll" tabIndex={0} aria-label={t('twin.asTable', { name })}>
        <table class="table figures">
          <thead>
            <tr>
              {columns.map((column) => (
                <th scope="col" key={column}>
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(([heading = '', ...cells], row) => (
              <tr key={row}>
                <th scope="row">{heading}</th>
                {cells.map((cell, column) => (
                  <td key={columns[column + 1]}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}
