/**
 * Ideas of a campaign on somebody else's page (docs/guides/embedding.md). It runs in browsers as it stands here: no build step,
 * no global name, no cookie. What it draws lies in a shadow root, so that neither page changes the other's looks.
 */
(() => {
  const origin = new URL(document.currentScript.src).origin;

  const TEXTS = {
    en: {
      propose: 'Propose an idea about this',
      none: 'No ideas about this yet.',
      away: 'The ideas cannot be shown at the moment.',
      coins: (n) => (n === 1 ? '1 coin' : `${n} coins`),
      competing: 'open',
      accepted: 'accepted',
      in_progress: 'being done',
      complete: 'done',
    },
    de: {
      propose: 'Eine Idee dazu vorschlagen',
      none: 'Dazu gibt es noch keine Ideen.',
      away: 'Die Ideen lassen sich gerade nicht anzeigen.',
      coins: (n) => (n === 1 ? '1 Münze' : `${n} Münzen`),
      competing: 'offen',
      accepted: 'angenommen',
      in_progress: 'in Arbeit',
      complete: 'umgesetzt',
    },
  };

  const STYLE = `
    :host { display: block; font: inherit; color: inherit; }
    h2 { font-size: 1.1em; margin: 0 0 .5em; }
    ul { list-style: none; margin: 0 0 .75em; padding: 0; }
    li { display: flex; gap: .75em; align-items: baseline; padding: .4em 0; border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); }
    li a { flex: 1; overflow-wrap: anywhere; }
    a { color: inherit; }
    a:focus-visible { outline: 2px solid currentColor; outline-offset: 2px; }
    .figure { font-variant-numeric: tabular-nums; white-space: nowrap; }
    .status { font-size: .85em; white-space: nowrap; }`;

  function element(name, attributes, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  function link(address, text) {
    return element('a', { href: new URL(address, origin).href, target: '_blank', rel: 'noopener' }, text);
  }

  function row(idea, words) {
    const parts = [link(idea.permalink, idea.title), element('span', { class: 'status' }, words[idea.status])];
    if (idea.coin_count !== null) parts.push(element('span', { class: 'figure' }, words.coins(idea.coin_count)));
    return element('li', {}, ...parts);
  }

  function proposeAddress(address, source) {
    const to = new URL(address, origin);
    if (source) to.searchParams.set('source', source);
    return to.href;
  }

  async function draw(place) {
    const { campaign, context, source = location.hostname, lang = document.documentElement.lang } = place.dataset;
    const words = lang.toLowerCase().startsWith('de') ? TEXTS.de : TEXTS.en;
    const root = place.shadowRoot ?? place.attachShadow({ mode: 'open' });
    const show = (...children) => root.replaceChildren(element('style', {}, STYLE), ...children);
    const query = new URLSearchParams({ campaign, ...(context ? { context_id: context } : {}) });
    let found;
    try {
      const answer = await fetch(`${origin}/v1/embed/ideas?${query}`, { credentials: 'omit' });
      if (!answer.ok) throw new Error(String(answer.status));
      found = await answer.json();
    } catch {
      show(element('p', { role: 'status' }, words.away));
      return;
    }
    const list =
      found.items.length === 0
        ? element('p', {}, words.none)
        : element('ul', {}, ...found.items.map((idea) => row(idea, words)));
    const propose = found.propose_url === null ? [] : [link(proposeAddress(found.propose_url, source), words.propose)];
    show(element('h2', {}, link(found.campaign.url, found.campaign.title)), list, ...propose);
  }

  const drawAll = () => {
    for (const place of document.querySelectorAll('[data-psephos-ideas]')) draw(place);
  };
  if (document.readyState === 'loading') addEventListener('DOMContentLoaded', drawAll);
  else drawAll();
})();
