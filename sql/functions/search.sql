SET LOCAL ROLE psephos_door;
-- The embedded search. Functions of the door: matching words and likeness are no leakproof comparisons, so under row-level
-- security every document of the organisation would be read. Each looks at the present organisation alone, through
-- door.search_words, door.search_matches or door.search_newest: there is no other way to a document.

-- How many documents of the present organisation have a word that begins so, counted over 64 words at most.
CREATE OR REPLACE FUNCTION door.search_words(p_word text) RETURNS bigint
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off
AS $$
  SELECT coalesce(sum(w.documents), 0) FROM (SELECT l.documents FROM app.search_lexicon l
    WHERE l.org_id = app.current_org() AND l.word >= p_word COLLATE "C" AND l.word < (p_word || U&'\+10FFFF') COLLATE "C" LIMIT 64) w
$$;
REVOKE ALL ON FUNCTION door.search_words(text) FROM PUBLIC;

-- Words that a word nobody uses may be a slip of: with one letter left out, doubled, changed or exchanged with the next;
-- where there are none, those most alike. Letters are a to z: words are compared without accents.
CREATE OR REPLACE FUNCTION door.search_alternatives(p_word text, p_count integer) RETURNS text[]
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off
AS $$
DECLARE
  v_found text[];
BEGIN
  IF length(p_word) < 4 THEN RETURN '{}'; END IF;
  v_found := ARRAY(
    SELECT l.word FROM (
      SELECT left(p_word, i - 1) || substr(p_word, i + 1) FROM generate_series(1, length(p_word)) i
      UNION SELECT left(p_word, i - 1) || substr(p_word, i + 1, 1) || substr(p_word, i, 1) || substr(p_word, i + 2)
        FROM generate_series(1, length(p_word) - 1) i
      UNION SELECT left(p_word, i - 1) || chr(97 + c) || substr(p_word, i + 1)
        FROM generate_series(1, length(p_word)) i CROSS JOIN generate_series(0, 25) c
      UNION SELECT left(p_word, i) || chr(97 + c) || substr(p_word, i + 1)
        FROM generate_series(0, length(p_word)) i CROSS JOIN generate_series(0, 25) c) e (word)
    CROSS JOIN LATERAL (SELECT x.word, x.documents FROM app.search_lexicon x
      WHERE x.org_id = app.current_org() AND x.word = e.word COLLATE "C" OFFSET 0) l
    ORDER BY l.documents DESC, l.word LIMIT p_count);
  IF cardinality(v_found) > 0 THEN RETURN v_found; END IF;
  RETURN ARRAY(
    SELECT l.word FROM app.search_lexicon l
    WHERE l.org_id = app.current_org() AND l.word OPERATOR(extensions.%) p_word
    ORDER BY extensions.similarity(l.word, p_word) DESC, l.documents DESC, l.word LIMIT p_count);
END $$;
REVOKE ALL ON FUNCTION door.search_alternatives(text, integer) FROM PUBLIC;

-- Up to p_limit documents that match, in no order: complete where there are fewer. By the index of words. No more of a document
-- than ranking needs: whole ones cost three times as much. p_audience: what the asker belongs to; null: to everything.
CREATE OR REPLACE FUNCTION door.search_matches(p_query tsquery, p_kinds text[], p_draft_kinds text[], p_meeting uuid, p_audience text[],
    p_campaign uuid, p_limit integer)
  RETURNS TABLE (kind text, id uuid, state text, at timestamptz, tags text[], coin_count bigint, title_vector tsvector)
  LANGUAGE sql STABLE SECURITY DEFINER ROWS 500 SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET enable_indexscan = off
AS $$
  SELECT d.kind, d.id, d.state, d.at, d.tags, d.coin_count, d.title_vector FROM app.search_documents d
  WHERE d.org_id = app.current_org() AND d.vector @@ p_query AND d.kind = ANY (p_kinds)
    AND (NOT d.draft OR d.kind = ANY (p_draft_kinds)) AND (p_meeting IS NULL OR d.meeting_id = p_meeting)
    AND (p_audience IS NULL OR d.audience = '{}' OR d.audience && p_audience) AND (p_campaign IS NULL OR d.campaign_id = p_campaign)
  LIMIT p_limit
$$;
REVOKE ALL ON FUNCTION door.search_matches(tsquery, text[], text[], uuid, text[], uuid, integer) FROM PUBLIC;

-- The first p_limit documents that match, among the newest p_rows or those with most coins, of the organisation or one campaign:
-- quick where many match, and only there.
CREATE OR REPLACE FUNCTION door.search_first(p_query tsquery, p_kinds text[], p_draft_kinds text[], p_meeting uuid, p_audience text[],
    p_campaign uuid, p_coins boolean, p_rows integer, p_limit integer)
  RETURNS TABLE (kind text, id uuid, state text, at timestamptz, tags text[], coin_count bigint, title_vector tsvector)
  LANGUAGE sql STABLE SECURITY DEFINER ROWS 50 SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off
AS $$
  SELECT d.kind, d.id, d.state, d.at, d.tags, d.coin_count, d.title_vector
  FROM (
    (SELECT * FROM app.search_documents n WHERE NOT p_coins AND p_campaign IS NULL AND n.org_id = app.current_org()
      ORDER BY n.at DESC, n.id LIMIT p_rows)
    UNION ALL
    (SELECT * FROM app.search_documents n WHERE NOT p_coins AND n.org_id = app.current_org() AND n.campaign_id = p_campaign
      ORDER BY n.at DESC, n.id LIMIT p_rows)
    UNION ALL
    (SELECT * FROM app.search_documents n WHERE p_coins AND p_campaign IS NULL AND n.org_id = app.current_org() AND n.coin_count IS NOT NULL
      ORDER BY n.coin_count DESC, n.at DESC, n.id LIMIT p_rows)
    UNION ALL
    (SELECT * FROM app.search_documents n WHERE p_coins AND n.org_id = app.current_org() AND n.campaign_id = p_campaign AND n.coin_count IS NOT NULL
      ORDER BY n.coin_count DESC, n.at DESC, n.id LIMIT p_rows)) d
  WHERE d.vector @@ p_query AND d.kind = ANY (p_kinds)
    AND (NOT d.draft OR d.kind = ANY (p_draft_kinds)) AND (p_meeting IS NULL OR d.meeting_id = p_meeting)
    AND (p_audience IS NULL OR d.audience = '{}' OR d.audience && p_audience)
  LIMIT p_limit
$$;
REVOKE ALL ON FUNCTION door.search_first(tsquery, text[], text[], uuid, text[], uuid, boolean, integer, integer) FROM PUBLIC;

-- One word of a question as a condition: its beginning, its stem in any of the languages, what it may be a slip of.
CREATE OR REPLACE FUNCTION door.search_term(p_word text, p_raw text, p_languages text[], p_alternatives text[]) RETURNS tsquery
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_term tsquery := (quote_literal(p_word) || CASE WHEN length(p_word) > 2 THEN ':*' ELSE '' END)::tsquery;
  v_language text;
  v_other text;
BEGIN
  FOREACH v_language IN ARRAY p_languages LOOP
    IF v_language <> 'pl' THEN v_term := v_term || plainto_tsquery(app.search_configuration(v_language), p_raw); END IF;
  END LOOP;
  FOREACH v_other IN ARRAY p_alternatives LOOP
    v_term := v_term || (quote_literal(v_other) || ':*')::tsquery;
  END LOOP;
  RETURN v_term;
END $$;
REVOKE ALL ON FUNCTION door.search_term(text, text, text[], text[]) FROM PUBLIC;

-- A page of what matches: by titles, then the newer (p_sort relevance), those with most coins, or the newest. p_rows: only the first
-- so many by that order are looked through, until p_most match; null: all, by the index of words, until p_most and one match.
-- Answers {found, shown, kinds, states, tags, hits}.
CREATE OR REPLACE FUNCTION door.search_page(p_query tsquery, p_kinds text[], p_draft_kinds text[], p_meeting uuid, p_audience text[],
    p_campaign uuid, p_only_kinds text[], p_state text, p_tag text, p_sort text, p_offset integer, p_limit integer, p_rows integer, p_most integer)
  RETURNS jsonb
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  WITH matches AS MATERIALIZED (
    SELECT m.*, (p_only_kinds IS NULL OR m.kind = ANY (p_only_kinds)) AS of_kind, (p_state IS NULL OR m.state = p_state) AS of_state,
      (p_tag IS NULL OR p_tag = ANY (m.tags)) AS of_tag
    FROM (
      SELECT * FROM door.search_first(p_query, p_kinds, p_draft_kinds, p_meeting, p_audience, p_campaign, p_sort = 'coins', p_rows, p_most)
        WHERE p_rows IS NOT NULL
      UNION ALL
      SELECT * FROM door.search_matches(p_query, p_kinds, p_draft_kinds, p_meeting, p_audience, p_campaign, p_most + 1) WHERE p_rows IS NULL) m
  ), best AS (
    SELECT m.kind, m.id, m.at, CASE p_sort WHEN 'relevance' THEN ts_rank(m.title_vector, p_query, 1) WHEN 'coins' THEN m.coin_count ELSE 0 END::float8 AS score
    FROM matches m WHERE m.of_kind AND m.of_state AND m.of_tag
    ORDER BY score DESC NULLS LAST, m.at DESC, m.id OFFSET p_offset LIMIT p_limit
  )
  SELECT jsonb_build_object(
    'found', (SELECT count(*) FROM matches),
    'shown', (SELECT count(*) FROM matches m WHERE m.of_kind AND m.of_state AND m.of_tag),
    'kinds', (SELECT jsonb_object_agg(f.kind, f.n) FROM (SELECT m.kind, count(*) AS n FROM matches m WHERE m.of_state AND m.of_tag GROUP BY m.kind) f),
    'states', (SELECT jsonb_object_agg(f.state, f.n) FROM (SELECT m.state, count(*) AS n FROM matches m WHERE m.of_kind AND m.of_tag GROUP BY m.state) f),
    'tags', (SELECT jsonb_object_agg(f.tag, f.n) FROM (SELECT t.tag, count(*) AS n FROM matches m CROSS JOIN unnest(m.tags) t (tag)
      WHERE m.of_kind AND m.of_state GROUP BY t.tag ORDER BY n DESC, t.tag LIMIT 20) f),
    'hits', (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', d.kind, 'id', d.id, 'title', d.title, 'body', d.body, 'meeting_id', d.meeting_id,
        'state', d.state, 'at', d.at, 'campaign_id', d.campaign_id, 'tags', d.tags, 'submitter_name', d.submitter_name, 'coin_count', d.coin_count,
        'context_id', d.context_id) ORDER BY b.score DESC NULLS LAST, b.at DESC, b.id), '[]')
      FROM best b CROSS JOIN LATERAL (SELECT * FROM app.search_documents x
        WHERE x.org_id = app.current_org() AND x.kind = b.kind AND x.id = b.id OFFSET 0) d))
$$;
REVOKE ALL ON FUNCTION door.search_page(tsquery, text[], text[], uuid, text[], uuid, text[], text, text, text, integer, integer, integer, integer) FROM PUBLIC;

-- Documents that have every word of a question, the best first. p_words are as they are compared, p_raws the same as they
-- were written. p_kinds, p_draft_kinds and p_audience: what the asker may find, p_meeting: where that ends; p_campaign: in one campaign
-- alone; p_only_kinds, p_state and p_tag narrow what is shown, not what is counted. Where more than p_most may match, the newest of
-- them are taken for the best, and facets count among those: the commonest word costs no more than others. By coins and by time the
-- first are the first, save where filters leave too few of so many. Answers {hits, total, complete, kinds, states, tags, words}.
CREATE OR REPLACE FUNCTION door.search(p_words text[], p_raws text[], p_languages text[], p_kinds text[], p_draft_kinds text[],
    p_meeting uuid, p_audience text[], p_campaign uuid, p_only_kinds text[], p_state text, p_tag text, p_sort text, p_offset integer, p_limit integer,
    p_most integer) RETURNS jsonb
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_query tsquery;
  v_term tsquery;
  v_words text[] := p_words;
  v_alternatives text[];
  v_all float8 := coalesce((SELECT l.documents FROM app.search_lexicon l WHERE l.org_id = app.current_org() AND l.word = ''), 0);
  v_share float8 := 1;
  v_found bigint;
  v_rows integer := 12 * p_most; -- some 15 ms
  v_wanted integer := greatest(p_offset + p_limit + 1, 30);
  v_most integer := CASE p_sort WHEN 'relevance' THEN p_most ELSE 10 * p_most END; -- an order that is exact is worth more reading
  v_page jsonb;
  v_complete boolean;
BEGIN
  FOR i IN 1 .. cardinality(p_words) LOOP
    v_found := door.search_words(p_words[i]);
    v_alternatives := '{}';
    IF v_found = 0 THEN
      v_alternatives := door.search_alternatives(p_words[i], 3);
      v_found := coalesce((SELECT sum(door.search_words(a)) FROM unnest(v_alternatives) a), 0);
    END IF;
    v_share := v_share * least(1, v_found / greatest(v_all, 1));
    v_words := v_words || v_alternatives;
    v_term := door.search_term(p_words[i], p_raws[i], p_languages, v_alternatives);
    v_query := coalesce(v_query && v_term, v_term);
  END LOOP;

  -- as many as are wanted should stand among the newest: then they are found there in less time than all are gathered
  IF v_share * v_all > p_most AND v_share * v_rows > v_wanted THEN
    v_page := door.search_page(v_query, p_kinds, p_draft_kinds, p_meeting, p_audience, p_campaign, p_only_kinds, p_state, p_tag, p_sort, p_offset,
      p_limit, v_rows, v_wanted);
    v_complete := (v_page ->> 'found')::integer < v_wanted AND v_all <= v_rows;
  END IF;
  IF v_page IS NULL OR (NOT v_complete AND (v_page ->> 'shown')::integer <= p_offset + p_limit) THEN -- or a filter left too few
    v_page := door.search_page(v_query, p_kinds, p_draft_kinds, p_meeting, p_audience, p_campaign, p_only_kinds, p_state, p_tag, p_sort, p_offset,
      p_limit, NULL, v_most);
    v_complete := (v_page ->> 'found')::integer <= v_most;
  END IF;
  RETURN v_page || jsonb_build_object('complete', v_complete, 'words', to_jsonb(v_words),
    'total', CASE WHEN v_complete THEN (v_page ->> 'shown')::integer ELSE p_most END);
END $$;
REVOKE ALL ON FUNCTION door.search(text[], text[], text[], text[], text[], uuid, text[], uuid, text[], text, text, text, integer, integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.search(text[], text[], text[], text[], text[], uuid, text[], uuid, text[], text, text, text, integer, integer, integer) TO psephos_app;

-- Documents of one kind whose titles share rare words with a title, those that share most first: candidates to be compared.
CREATE OR REPLACE FUNCTION door.search_similar(p_words text[], p_raws text[], p_languages text[], p_kind text, p_drafts boolean, p_meeting uuid,
    p_audience text[], p_campaign uuid, p_limit integer)
  RETURNS TABLE (id uuid, title text, state text, meeting_id uuid, coin_count bigint)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_rare tsquery;
  v_any tsquery;
  v_term tsquery;
  v_rank integer := 0;
  v_first bigint;
  v_draft_kinds text[] := CASE WHEN p_drafts THEN ARRAY[p_kind] ELSE '{}' END;
  v_common constant bigint := 8000; -- documents: gathering so many by the index of words takes as long as looking through the newest
  v_row record;
BEGIN
  FOR v_row IN
    SELECT u.word, u.raw, c.found, a.alternatives
    FROM unnest(p_words, p_raws) u (word, raw) CROSS JOIN LATERAL (SELECT door.search_words(u.word) AS found OFFSET 0) f
    CROSS JOIN LATERAL (SELECT CASE WHEN f.found > 0 THEN '{}' ELSE door.search_alternatives(u.word, 2) END AS alternatives OFFSET 0) a
    -- a slip is as common as what it may be a slip of
    CROSS JOIN LATERAL (SELECT f.found + coalesce(sum(door.search_words(o.word)), 0) AS found FROM unnest(a.alternatives) o (word)) c
    ORDER BY c.found
  LOOP
    CONTINUE WHEN v_row.found = 0;
    v_term := door.search_term(v_row.word, v_row.raw, p_languages, v_row.alternatives);
    v_any := coalesce(v_any || v_term, v_term);
    -- the rarest word alone or, where even that is common, together with the next; two more rare ones beside it
    v_rare := CASE WHEN v_rank = 0 THEN v_term
      WHEN v_row.found <= 100 AND v_rank < 3 THEN v_rare || v_term
      WHEN v_rank = 1 AND v_first > 400 THEN v_rare && v_term
      ELSE v_rare END;
    v_first := coalesce(v_first, v_row.found);
    v_rank := v_rank + 1;
  END LOOP;
  IF v_rare IS NULL THEN RETURN; END IF;
  RETURN QUERY
    SELECT d.id, d.title, d.state, d.meeting_id, d.coin_count
    FROM (SELECT m.id, m.at FROM (
        SELECT * FROM door.search_matches(v_rare, ARRAY[p_kind], v_draft_kinds, p_meeting, p_audience, p_campaign, 400) WHERE v_first <= v_common
        UNION ALL
        -- of small words alone: the newest that match, as there are too many to gather
        SELECT * FROM door.search_first(v_rare, ARRAY[p_kind], v_draft_kinds, p_meeting, p_audience, p_campaign, false, 4000, 400)
        WHERE v_first > v_common) m
      ORDER BY ts_rank(m.title_vector, v_any, 1) DESC, m.at DESC, m.id LIMIT p_limit) b
    CROSS JOIN LATERAL (SELECT * FROM app.search_documents x WHERE x.org_id = app.current_org() AND x.kind = p_kind AND x.id = b.id OFFSET 0) d;
END $$;
REVOKE ALL ON FUNCTION door.search_similar(text[], text[], text[], text, boolean, uuid, text[], uuid, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.search_similar(text[], text[], text[], text, boolean, uuid, text[], uuid, integer) TO psephos_app;

-- Organisations with something to index, those first that wait longest: one index probe each, however much waits. Those whose search server did not answer wait for their time.
CREATE OR REPLACE FUNCTION door.search_dirty_behind(p_count integer) RETURNS TABLE (org_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  WITH RECURSIVE dirty (org_id) AS (
    (SELECT d.org_id FROM app.search_dirty d ORDER BY d.org_id LIMIT 1)
    UNION ALL
    SELECT (SELECT d.org_id FROM app.search_dirty d WHERE d.org_id > w.org_id ORDER BY d.org_id LIMIT 1) FROM dirty w WHERE w.org_id IS NOT NULL
  ), unsent (org_id) AS (
    (SELECT o.org_id FROM app.search_outbox o ORDER BY o.org_id LIMIT 1)
    UNION ALL
    SELECT (SELECT o.org_id FROM app.search_outbox o WHERE o.org_id > w.org_id ORDER BY o.org_id LIMIT 1) FROM unsent w WHERE w.org_id IS NOT NULL
  ), waiting AS (
    SELECT w.org_id, (SELECT min(d.version) FROM app.search_dirty d WHERE d.org_id = w.org_id) AS version FROM dirty w
    UNION ALL
    SELECT w.org_id, 0 FROM unsent w
    WHERE NOT EXISTS (SELECT FROM app.search_retries r WHERE r.org_id = w.org_id AND r.retry_at > clock_timestamp())
  )
  SELECT w.org_id FROM waiting w WHERE w.org_id IS NOT NULL GROUP BY w.org_id ORDER BY min(w.version) LIMIT p_count
$$;
REVOKE ALL ON FUNCTION door.search_dirty_behind(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.search_dirty_behind(integer) TO psephos_app;

-- What waits, for the figures of operation. Counted so far only: past it there is much.
CREATE OR REPLACE FUNCTION door.search_waiting() RETURNS TABLE (dirty integer, outbox integer)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT (SELECT count(*)::integer FROM (SELECT FROM app.search_dirty LIMIT 10000) d),
    (SELECT count(*)::integer FROM (SELECT FROM app.search_outbox LIMIT 10000) o)
$$;
REVOKE ALL ON FUNCTION door.search_waiting() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.search_waiting() TO psephos_app;

-- Every organisation, for commands that go through all.
CREATE OR REPLACE FUNCTION door.search_organisations(p_after uuid, p_count integer) RETURNS TABLE (org_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT g.org_id FROM app.organisations g WHERE p_after IS NULL OR g.org_id > p_after ORDER BY g.org_id LIMIT p_count
$$;
REVOKE ALL ON FUNCTION door.search_organisations(uuid, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.search_organisations(uuid, integer) TO psephos_app;
