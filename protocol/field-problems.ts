/**
 * Everything that can be wrong with a field: a reason that programs read -> the sentence that people read. {name} stands
 * for a figure or word that the sentence is filled with. A sentence that is not in this table does not compile where a
 * refusal is made; pages have words of their own for each reason.
 */
export const FIELD_PROBLEMS = {
  // any field
  missing: 'is missing',
  not_known: 'is not a known field',
  of_another_kind: 'invalid input: expected {expected}, received {received}',
  not_allowed_value: 'invalid option: expected one of {values}',
  not_the_value: 'invalid input: expected {value}',
  of_no_known_shape: 'invalid input',
  not_of_the_form: 'invalid string: must match pattern {pattern}',
  no_name_of_a_field: 'invalid key in record',
  none_of: 'is none of {values}',
  none_of_these: 'is not one of {values}',
  no_facet: 'is no state; take one of the facets',
  no_queue: 'is no name of a queue',
  too_short: 'too small: expected string to have >={min} characters',
  too_long: 'too big: expected string to have <={max} characters',
  too_small: 'too small: expected number to be >={min}',
  too_large: 'too big: expected number to be <={max}',
  not_above: 'too small: expected number to be >{min}',
  not_below: 'too big: expected number to be <{max}',
  integer_too_small: 'too small: expected int to be >={min}',
  integer_too_large: 'too big: expected int to be <={max}',
  too_few: 'too small: expected array to have >={min} items',
  too_many: 'too big: expected array to have <={max} items',
  too_few_entries: 'too small: expected record to have >={min} entries',
  too_many_entries: 'too big: expected record to have <={max} entries',
  no_multiple: 'invalid number: must be a multiple of {step}',
  no_id: 'invalid UUID',
  no_moment: 'invalid ISO datetime',
  beyond_a_double: 'is a number too large to be kept',
  nests_too_deep: 'nests deeper than {levels} levels',
  bad_field_name: 'has a field name that cannot be used',
  nothing_to_change: 'names nothing to change',
  no_whole_number: 'is no whole number',
  no_whole_number_up_to: 'is no whole number from 1 to {max}',
  more_than: 'is more than {max}',
  no_cursor: 'is no cursor; send the next_cursor of the page before as it is',
  no_cursor_here: 'is no cursor of this list',
  no_idempotency_key: 'is not 1 to 128 printable characters without blanks',
  // texts
  holds_nul: 'contains the character U+0000, which cannot be stored',
  holds_half_a_pair: 'contains half of a surrogate pair, which is not valid Unicode',
  cannot_be_stored: 'contains characters that cannot be stored',
  control_character: 'contains a control character',
  line_break: 'contains a line break or another control character',
  direction_override: 'contains a character that turns the direction of writing',
  no_email: 'is no e-mail address',
  no_time_zone: 'is no time zone; write it like Europe/Berlin',
  no_time_zone_name: 'is no time zone, like Europe/Berlin',
  no_month: 'is no month; write it like 2026-11',
  no_kind: "is no kind; write it like 'election' or 'election.closed'",
  no_origin: 'is no origin; write it like https://vote.example',
  // times
  in_the_past: 'is in the past',
  not_in_the_future: 'is not in the future',
  out_of_this_age: 'is not between the years 2000 and 9000',
  not_after_opening: 'not after opens_at',
  not_after_start: 'not after start_date',
  not_later: 'is not later than the present closes_at',
  two_ends: 'stands beside closes_at; give one of them',
  end_or_seconds: 'give either closes_at or by_seconds',
  // accounts, keys, members
  password_common: 'is one of the most common passwords; choose another',
  password_is_address: 'is your address; choose another',
  password_wrong: 'is not your password',
  no_code: 'is no code',
  code_wrong: 'is wrong or was used before; wait for the next one',
  no_token: 'is no token; copy the whole link',
  no_invitation: 'is no invitation; open the link of the mail again',
  no_secret: 'is not 1 to 512 printable characters without blanks',
  no_permission_name: 'is no permission; write it like ballots.cast',
  no_permission: 'is no permission; see /docs for their names',
  number_taken: 'is the number of another member',
  email_taken: 'is the e-mail address of another member',
  name_taken: 'is the name of another group',
  group_separator: 'contains | or ;, which stand between groups in lists of members',
  no_member: 'is no member',
  holder_twice: 'give either holder_id or holder_number',
  grantor_twice: 'give only one of grantor_id and grantor_number',
  no_votes: "is no weight; write votes as text, more than 0, with at most six decimals, like '1' or '0.25'",
  no_decimal: 'is no decimal text with at most six decimals',
  // campaigns
  no_public_name: 'is not 3 to 100 small letters, digits and hyphens, with no hyphen at the ends',
  looks_like_an_id: 'looks like an id',
  no_campaign_id: 'is no campaign_id',
  act_or_status: 'needs either act or status',
  blanks_or_beyond_ascii: 'contains blanks or characters beyond ASCII',
  user_or_email: 'needs either user_id or email',
  no_colour: 'is no colour; write it like #0f766e',
  preset_budget_only: 'goes with the preset budget only',
  expiry_at_only: "goes with coin_expiry 'at' only",
  member_twice: 'names a member twice',
  // webhooks
  no_address: 'is no address; example: https://members.example/hooks/psephos',
  not_https: 'must begin with https:// (http:// is for this machine only)',
  holds_password: 'must not hold a user name or password',
  holds_fragment: 'must not have a part behind #',
  forbidden_address: 'leads to an address that no webhook may have',
  private_network: 'leads into a private network, where webhooks may not go',
  // notifications
  no_time_of_day: 'is no time of day; write it like 22:00',
  same_time: 'begins and ends at the same time',
  no_push_endpoint: 'is no address; send the endpoint as the browser gave it',
  no_push_key: 'is no key of a push subscription',
  event_twice: 'names an event twice',
  // elections
  missing_in_template: 'is missing; the template has none',
  no_template_id: 'is no template id: a UUID in small letters, or the name of a built-in template',
  options_missing: 'is missing; only a motion has options of its own',
  bad_option_id: 'an option id is 1 to 32 letters, digits, _ or -, a letter or digit first',
  option_id_twice: 'two options have the id {id}',
  too_many_options: 'more than {max} options',
  too_few_options: 'a choice needs two options at least; for a single proposal hold a motion',
  motion_options: 'the options of a motion are {options}, in this order',
  too_many_to_rank: '{count} options to rank, at most {max}',
  too_many_seats: '{seats} seats for {options} options',
  too_many_marks_allowed: '{marks} marks for {options} options',
  ballot_could_be_too_long: 'a ballot could need {characters} of {max} characters',
  min_total_unreachable: 'max_per_option leaves no way to give so many',
  min_not_less_than_max: 'min is not less than max',
  min_above_max: 'min is greater than max',
  min_total_above_total: 'min_total is greater than total',
  grade_twice: 'two grades have the same name',
  fraction_above_one: 'the fraction is more than the whole',
  majority_not_here: 'only for {methods}',
  simple_majority_base: 'a simple majority is one of the valid votes: for another base say absolute',
  meeting_roll_without_meeting: 'the roll of a meeting needs a meeting: give meeting_id',
  group_without_members_roll: "only with the roll 'members'",
  no_group: 'no such group',
  no_picture: 'no such picture',
  no_picture_format: 'is neither PNG nor JPEG nor WebP',
  too_many_pixels: 'has more than {millions} million pixels',
  damaged: 'is damaged',
  no_election_of_meeting: 'is no election of this meeting',
  agenda_kind: "goes with kind 'election' only",
  no_hash: 'is no SHA-256: 64 small hexadecimal digits',
  weight_range: 'not above 0 and at most 1000000 votes',
  other_weight: 'is another than the one it was issued with',
  // paper ballots
  patterns_or_totals: 'give either patterns or totals',
  wrong_sum: 'adds up to {sum} ballots, the batch has {ballots}',
  totals_not_enough: 'not enough for this method, only for {methods}: enter patterns',
  totals_without_zero: 'not enough where 0 is no score: enter patterns',
  motion_without_blank: 'a motion has no blank ballots: count them as abstained',
  abstained_without_motion: 'only motions have abstentions; count them as blank',
  less_than_nothing: 'less than nothing',
  more_than_batch: 'more than the ballots of the batch',
  more_than_declared: 'more than were declared',
  impossible_figure: 'cannot come from {ballots} ballots',
  impossible_marks: '{marks} marks cannot come from {ballots} ballots of {min} to {max} marks',
  counts_differ: 'differs from the first count',
  // ballots
  no_cast_key: 'is no cast key: 32 small hexadecimal digits, made at random for each ballot',
  no_tracking_code: 'is no tracking code: 32 small hexadecimal digits',
  no_queued_id: 'is no id of a queued ballot: 32 small hexadecimal digits',
  credential_twice: 'stands beside credential',
  no_ballot: 'the ballot is not an object with the field {field}',
  field_missing: 'missing',
  field_unknown: 'unknown field',
  ballot_too_long: 'longer than {max} characters in canonical form',
  no_option_list: 'not a list of option ids',
  no_option_object: 'not an object of option ids',
  no_option_id: 'not an option id',
  no_option: 'no such option',
  no_grade: 'no such grade',
  not_one_of: 'not one of {values}',
  not_whole: 'not a whole number',
  below: 'less than {min}',
  above: 'more than {max}',
  marked_twice: 'marked twice',
  too_many_marks: 'overvote: {marks} marks, at most {max}',
  too_few_marks: '{marks} marks, at least {min}',
  ranked_twice: 'ranked twice',
  empty_rank: 'an empty rank',
  equal_ranks: 'equal ranks are not allowed in this method',
  too_many_points: '{points} points, at most {max}',
  too_few_points: '{points} points, at least {min}',
  too_costly: 'costs {cost} credits, at most {credits}',
  // coins
  lies_there_already: 'is the idea that they lie on already',
  // frames of the socket
  no_topic:
    "is no topic: 'meeting:', 'election:', 'tally:', 'inbox:', 'campaign:' or 'board:' and an id in small letters",
  epoch_and_offset: 'must carry epoch and offset together, or neither',
  ticket_or_key: 'must carry either ticket or api_key',
} as const;

export type FieldReason = keyof typeof FIELD_PROBLEMS;

/** A sentence of the table, filled. */
type Filled<S extends string> = S extends `${infer Before}{${string}}${infer After}`
  ? `${Before}${string}${Filled<After>}`
  : S;
export type FieldSentence = Filled<(typeof FIELD_PROBLEMS)[FieldReason]>;

/** What is wrong with one field, as the engine says it. */
export interface FieldProblem {
  readonly path: string;
  readonly problem: FieldSentence;
}

const PLACE = /\{(\w+)\}/g;
const literal = new Map<string, FieldReason>();
const patterns: { readonly reason: FieldReason; readonly form: RegExp }[] = [];
for (const [reason, sentence] of Object.entries(FIELD_PROBLEMS) as [FieldReason, string][]) {
  if (!sentence.includes('{')) {
    if (!literal.has(sentence)) literal.set(sentence, reason);
    continue;
  }
  const escaped = sentence.replace(/[.*+?^$()|[\]\\/]/g, '\\$&').replace(PLACE, '(?<$1>.+)');
  patterns.push({ reason, form: new RegExp(`^${escaped}$`, 's') });
}

/** The reason behind a sentence and what it was filled with; null for one that is not in the table. */
export function reasonOf(
  sentence: string,
): { readonly reason: FieldReason; readonly params: Readonly<Record<string, string>> } | null {
  const known = literal.get(sentence);
  if (known !== undefined) return { reason: known, params: {} };
  for (const { reason, form } of patterns) {
    const found = form.exec(sentence);
    if (found !== null) return { reason, params: { ...found.groups } };
  }
  return null;
}

/** What is wrong with a field, with the reason for programs beside the sentence, and params where it was filled. */
export function withReason<P extends { readonly problem: string }>(field: P) {
  const found = reasonOf(field.problem);
  if (found === null) return field;
  const { reason, params } = found;
  return { ...field, reason, ...(Object.keys(params).length === 0 ? {} : { params }) };
}
