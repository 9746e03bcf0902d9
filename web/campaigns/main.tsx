import '../ui/style/index.css';
import './style/campaigns.css';
import './style/board.css';
import './style/purse.css';
import { useEffect, useState } from 'preact/hooks';
import { account, loadAccount, membership } from '../ui/account-session.ts';
import { Bell } from '../ui/bell.tsx';
import { loadRefusalWords, refusalText } from '../ui/refusal-words.ts';
import { match, path } from '../ui/router.ts';
import { Shell, startApp } from '../ui/shell.tsx';
import { Skeleton } from '../ui/waiting.tsx';
import { CampaignPage } from './campaign-page.tsx';
import { Gallery } from './gallery.tsx';
import { IdeaPage } from './idea/idea-page.tsx';
import { useLoaded } from './later.ts';
import { watchCampaign } from './live/watched.ts';
import { NotHere } from './not-here.tsx';
import { PageNote } from './page-note.tsx';
import { t } from './texts.ts';

interface Place {
  readonly campaign?: string | undefined;
  readonly screen: 'gallery' | 'campaign' | 'propose' | 'idea' | 'board';
  readonly idea?: string | undefined;
}

function placeOf(address: string): Place {
  const idea = match('/campaigns/:campaign/ideas/:idea', address);
  if (idea !== undefined) return { screen: 'idea', campaign: idea.campaign, idea: idea.idea };
  const campaign = match('/campaigns/:campaign', address)?.campaign;
  if (campaign !== undefined) return { screen: 'campaign', campaign };
  const [, , name, screen] = address.split('/');
  if (name !== undefined && (screen === 'propose' || screen === 'board')) return { screen, campaign: name };
  return { screen: 'gallery' };
}

/** Forms and the big screen are fetched by those who open them. */
const proposing = () => import('./propose/propose.tsx');
const showing = () => import('./hall/hall.tsx');

function Propose({ name }: { readonly name: string }) {
  const loaded = useLoaded(proposing);
  return loaded === undefined ? <Skeleton lines={5} /> : <loaded.Propose watched={watchCampaign(name)} />;
}

function Hall({ name }: { readonly name: string }) {
  const loaded = useLoaded(showing);
  return loaded === undefined ? <Skeleton lines={5} /> : <loaded.Hall watched={watchCampaign(name)} />;
}

function Campaign({ name, place }: { readonly name: string; readonly place: Place }) {
  const watched = watchCampaign(name);
  if (watched.live.refused.value !== undefined) return <NotHere error={watched.live.refused.value} />;
  if (place.screen === 'propose') return <Propose name={name} />;
  if (place.idea !== undefined) return <IdeaPage watched={watched} ideaId={place.idea} key={place.idea} />;
  return <CampaignPage watched={watched} />;
}

function Content({ place }: { readonly place: Place }) {
  const [problem, setProblem] = useState('');
  useEffect(() => {
    loadAccount().catch(async (error: unknown) => {
      await loadRefusalWords();
      setProblem(refusalText(error));
    });
  }, []);
  useEffect(() => {
    if (account.value !== null) return;
    location.replace(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
  }, [account.value]);
  if (problem !== '') return <p role="alert">{problem}</p>;
  if (!account.value) return <Skeleton lines={5} />;
  if (membership.value === undefined) {
    return (
      <PageNote title={t('gallery.title')} text={t('gallery.noOrganisation')}>
        <a class="button button-primary" href="/organisation">
          {t('gallery.toOrganisation')}
        </a>
      </PageNote>
    );
  }
  if (place.campaign === undefined) return <Gallery key={membership.value.org_id} />;
  return place.screen === 'board' ? (
    <Hall name={place.campaign} />
  ) : (
    <Campaign name={place.campaign} place={place} key={`${membership.value.org_id} ${place.campaign}`} />
  );
}

function Campaigns() {
  const place = placeOf(path.value);
  const title = place.campaign === undefined || !account.value ? undefined : membership.value?.name;
  if (place.screen === 'board') return <Content place={place} />;
  return (
    <Shell width="wide" acts={<Bell />} {...(title === undefined ? {} : { title })}>
      <div class="campaigns">
        <Content place={place} />
      </div>
    </Shell>
  );
}

startApp(<Campaigns />);
