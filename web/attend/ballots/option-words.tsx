import { colourOf, letterOf } from '../../ui/options.ts';
import type { Option } from './content.ts';

/** Letter, title and description of an option, as it stands on every ballot. */
export function OptionWords({ option, index }: { readonly option: Option; readonly index: number }) {
  return (
    <span class={`option-words ${colourOf(index)}`}>
      <span class="option-letter" aria-hidden="true">
        {letterOf(index)}
      </span>
      {option.picture !== undefined && (
        <img
          class="option-picture"
          src={`/v1/pictures/${option.picture}`}
          alt={option.picture_alt ?? ''}
          loading="lazy"
        />
      )}
      <span class="option-text">
        <span class="option-title">{option.title}</span>
        {option.description !== undefined && option.description !== '' && (
          <span class="option-description">{option.description}</span>
        )}
      </span>
    </span>
  );
}
