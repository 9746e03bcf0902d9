import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openChromium } from '../harness/chromium.ts';
import { openHall } from './hall.ts';
import { newOrganiser } from './organiser.ts';

/** The example of docs/guides/embedding.md, as it stands there, on a page of another origin. */

const GUIDE = readFileSync(new URL('../../docs/guides/embedding.md', import.meta.url), 'utf8');
const EXAMPLE = /^```html\n([\s\S]*?)^```/m.exec(GUIDE)?.[1] ?? '';
const CAMPAIGN_IN_GUIDE = /data-campaign="([^"]+)"/.exec(EXAMPLE)?.[1] ?? '';

const hall = await openHall();
const { http } = await newOrganiser(hall);
let browser: Browser;
let page: Page;
let forum: Server;
let forumUrl = '';
let campaign: { id: string; campaign_id: string };
let body = '';

beforeAll(async () => {
  browser = await openChromium();
  page = await browser.newPage();
  campaign = await http.call({
    method: 'POST',
    path: '/v1/campaigns',
    body: { title: 'Better city', campaign_type: 'open', embeddable: true },
  });
  await http.call({ method: 'POST', path: `/v1/campaigns/${campaign.id}/status`, body: { status: 'active' } });
  const idea = await http.call<{ id: string }>({
    method: 'POST',
    path: `/v1/campaigns/${campaign.id}/ideas`,
    body: { title: 'A <b>cycle</b> path', context_id: 'feature-123' },
  });
  await http.call({ method: 'PUT', path: `/v1/ideas/${idea.id}/status`, body: { status: 'competing' } });
  forum = createServer((_, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(
      `<!doctype html><html lang="en"><title>Forum</title><style>a { display: none }</style><body>${body}</body></html>`,
    );
  }).listen(0, '127.0.0.1');
  await new Promise((listening) => forum.once('listening', listening));
  forumUrl = `http://localhost:${(forum.address() as AddressInfo).port}/`;
});

afterAll(async () => {
  forum.close();
  await browser.close();
  await hall.stop();
});

/** Opens the forum with the example, its address and campaign replaced by the test's. */
async function embed(change: (example: string) => string = (example) => example): Promise<void> {
  body = change(EXAMPLE.replace('https://vote.example', hall.url).replace(CAMPAIGN_IN_GUIDE, campaign.id));
  await page.goto(forumUrl);
}

test('the example of the guide lists ideas about a thing and leads to proposing one', async () => {
  expect(EXAMPLE).toContain('data-context="feature-123"');
  await embed();
  const idea = page.getByRole('link', { name: 'A <b>cycle</b> path' });
  await idea.waitFor();
  expect(await idea.getAttribute('href')).toMatch(`${hall.url}/campaigns/${campaign.campaign_id}/ideas/`);
  expect(await page.getByRole('listitem').textContent()).toBe('A <b>cycle</b> pathopen0 coins');
  const propose = page.getByRole('link', { name: 'Propose an idea about this' });
  expect(await propose.isVisible()).toBe(true); // the page's own style stops at the shadow root
  expect(await propose.getAttribute('href')).toBe(
    `${hall.url}/campaigns/${campaign.campaign_id}/propose?context_id=feature-123&source=localhost`,
  );
  expect(await page.context().cookies()).toEqual([]);
});

test('it speaks German where the page does, says so where there is nothing, and where nothing may be shown', async () => {
  await embed((example) => example.replace('data-context="feature-123"', 'data-context="other" data-lang="de"'));
  await page.getByText('Dazu gibt es noch keine Ideen.').waitFor();
  await page.getByRole('link', { name: 'Eine Idee dazu vorschlagen' }).waitFor();
  await embed((example) => example.replace(campaign.id, CAMPAIGN_IN_GUIDE));
  await page.getByText('The ideas cannot be shown at the moment.').waitFor();
});
