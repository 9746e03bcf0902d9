import type { Addresses } from './addresses.ts';
import type { Demo } from './demo-organisation.ts';

/**
 * What a person needs once everything runs.
 * @param demo null where the database may not be looked into for it
 */
export function welcomeText(addresses: Addresses, demo: Demo | null): string {
  const { httpUrl, wsUrl, others } = addresses;
  const lines = [
    'Psephos runs.',
    '',
    `  Addresses        ${[httpUrl, ...others].join('  ')}`,
    `  Vote             ${httpUrl}/`,
    `  Moderate         ${httpUrl}/moderate`,
    `  API page         ${httpUrl}/docs`,
    `  Socket           ${wsUrl}   (subprotocol psephos.v1)`,
  ];
  if (demo !== null) lines.push(...demoLines(demo));
  if (demo?.meeting && demo.motion) {
    lines.push('', 'Try it: open Vote on a phone and type the code; or in a shell (copy both lines):', '');
    lines.push(...curlLines(httpUrl, demo.meeting.joinCode, demo.motion.electionId));
  }
  return [...lines, '', 'Ctrl-C stops it; what was accepted is finished first.', ''].join('\n');
}

function demoLines({ meeting, apiKey, signInLink }: Demo): string[] {
  const key =
    apiKey === null
      ? ['printed on the first start, and never again. Another one: npm start -- --new-key']
      : [`${apiKey}`, '                   the demo moderator’s; keep it, it is not shown again'];
  return [
    ...(meeting === null ? [] : [`  Join code        ${meeting.joinCode}   (${meeting.title})`]),
    ...(signInLink === null
      ? []
      : [`  Sign in          ${signInLink}`, '                   as the organiser; once, within 15 minutes']),
    `  API key          ${key.join('\n')}`,
  ];
}

/** Any shell with curl: the token of the first answer goes into the second request. */
function curlLines(httpUrl: string, joinCode: string, electionId: string): string[] {
  const json = "-H 'Content-Type: application/json'";
  const castKey = `$(od -An -N16 -tx1 /dev/urandom | tr -d ' \\n')`;
  return [
    `  TOKEN=$(curl -s ${httpUrl}/v1/join ${json} -d '{"code":"${joinCode}","name":"Ada"}' | sed -E 's/.*"session_token":"([^"]+)".*/\\1/')`,
    `  curl -s ${httpUrl}/v1/elections/${electionId}/ballots -H "Authorization: Bearer $TOKEN" ${json} -d '{"ballot":{"choice":"yes"},"cast_key":"'"${castKey}"'"}'`,
  ];
}
