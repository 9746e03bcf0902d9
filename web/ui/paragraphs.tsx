/**
 * What people wrote over several lines: a line each, and room where they left one empty. Elements and not white-space:
 * pre-line, with which browsers do not keep the last line from being one word.
 */
export function Paragraphs({ text }: { readonly text: string }) {
  const paragraphs = text.split(/\n\s*\n/).map((paragraph) => paragraph.split('\n'));
  return (
    <div class="paragraphs">
      {paragraphs.map((lines, i) => (
        <div key={i}>
          {lines.map((line, j) => (
            <p key={j}>{line}</p>
          ))}
        </div>
      ))}
    </div>
  );
}
