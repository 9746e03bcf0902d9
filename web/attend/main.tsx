import '../ui/style/index.css';
import './style/ballots.css';
import './style/screens.css';
import { match, path } from '../ui/router.ts';
import { startApp } from '../ui/shell.tsx';
import { Join } from './join.tsx';
import { MeetingPage } from './meeting-page.tsx';
import { TokenPage } from './token-page.tsx';

/** Which page an address means. Unknown ones lead to joining. */
function Attend() {
  const address = path.value;
  const vote = match('/meeting/:meeting/votes/:election', address);
  if (vote?.meeting !== undefined && vote.election !== undefined) {
    return <MeetingPage meetingId={vote.meeting} view={{ name: 'vote', electionId: vote.election }} />;
  }
  const votes = match('/meeting/:meeting/votes', address);
  if (votes?.meeting !== undefined) return <MeetingPage meetingId={votes.meeting} view={{ name: 'votes' }} />;
  const meeting = match('/meeting/:meeting', address);
  if (meeting?.meeting !== undefined) return <MeetingPage meetingId={meeting.meeting} view={{ name: 'now' }} />;
  const link = match('/vote/:election', address);
  if (link?.election !== undefined) return <TokenPage electionId={link.election} />;
  const joining = match('/join/:code', address);
  return joining?.code === undefined ? <Join /> : <Join code={joining.code} />;
}

startApp(<Attend />);
