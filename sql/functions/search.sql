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

-- Up to p_limit documents that match, in no order: complete where there are fewer. By the index of words.
CREATE OR REPLACE FUNCTION door.search_matches(p_query tsquery, p_kinds text[], p_draft_kinds text[], p_meeting uuid, p_limit integer)
  RETURNS SETOF app.search_documents
  LANGUAGE sql STABLE SECURITY DEFINER ROWS 500 SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET enable_indexscan = off
AS $$
  SELECT * FROM app.search_documents d
  WHERE d.org_id = app.current_org() AND d.vector @@ p_query AND d.kind = ANY (p_kinds)
    AND (NOT d.draft OR d.kind = ANY (p_draft_kinds)) AND (p_meeting IS NULL OR d.meeting_id = p_meeting)
  LIMIT p_limit
$$;
REVOKE ALL ON FUNCTION door.search_matches(tsquery, text[], text[], uuid, integer) FROM PUBLIC;

-- The newest documents that match, walked from the newest on: quick where many match, and only there.
CREATE OR REPLACE FUNCTION door.search_newest(p_query tsquery, p_kinds text[], p_draft_kinds text[], p_meeting uuid, p_state text, p_limit integer)
  RETURNS SETOF app.search_documents
  LANGUAGE sql STABLE SECURITY DEFINER ROWS 100 SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off
AS $$
  SELECT * FROM app.search_documents d
  WHERE d.org_id = app.current_org() AND d.vector @@ p_query AND d.kind = ANY (p_kinds)
    AND (NOT d.draft OR d.kind = ANY (p_draft_kinds)) AND (p_meeting IS NULL OR d.meeting_id = p_meeting)
    AND (p_state IS NULL OR d.state = p_state)
  ORDER BY d.at DESC, d.id LIMIT p_limit
$$;
REVOKE ALL ON FUNCTION door.search_newest(tsquery, text[], text[], uuid, text, integer) FROM PUBLIC;

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

-- Documents that have every word of a question, the best first. p_words are as they are compared, p_raws the same as they
-- were written. p_kinds and p_draft_kinds: what the asker may find, p_meeting: where that ends; p_only_kinds and p_state narrow
-- what is shown, not what is counted. Where more than p_most match the newest of them are taken for the best, so that the
-- commonest word costs no more than others. Answers {hits, total, complete, facets, words}.
CREATE OR REPLACE FUNCTION door.search(p_words text[], p_raws text[], p_languages text[], p_kinds text[], p_draft_kinds text[],
    p_meeting uuid, p_only_kinds text[], p_state text, p_offset integer, p_limit integer, p_most integer) RETURNS jsonb
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_query tsquery;
  v_words text[] := p_words;
  v_alternatives text[];
  v_found bigint;
  v_rarest bigint;
  v_complete boolean := true;
  v_answer jsonb;
  v_hits jsonb;
BEGIN
  FOR i IN 1 .. cardinality(p_words) LOOP
    v_found := door.search_words(p_words[i]);
    v_rarest := least(v_rarest, v_found);
    v_alternatives := CASE WHEN v_found > 0 THEN '{}' ELSE door.search_alternatives(p_words[i], 3) END;
    v_words := v_words || v_alternatives;
    v_query := coalesce(v_query && door.search_term(p_words[i], p_raws[i], p_languages, v_alternatives),
      door.search_term(p_words[i], p_raws[i], p_languages, v_alternatives));
  END LOOP;

  WITH matches AS MATERIALIZED (
    SELECT m.* FROM door.search_matches(v_query, p_kinds, p_draft_kinds, p_meeting, p_most + 1) m
  ), shown AS (
    SELECT m.kind, m.id, ts_rank('{0.05, 0.1, 0.3, 1}', m.vector, v_query, 1) AS score, m.at FROM matches m
    WHERE (p_only_kinds IS NULL OR m.kind = ANY (p_only_kinds)) AND (p_state IS NULL OR m.state = p_state)
      AND (SELECT count(*) FROM matches) <= p_most -- else all of it is thrown away: ranking is what costs
  ), best AS (
    SELECT s.* FROM shown s ORDER BY s.score DESC, s.at DESC, s.id OFFSET p_offset LIMIT p_limit
  )
  SELECT jsonb_build_object(
      'total', (SELECT count(*) FROM matches m WHERE (p_only_kinds IS NULL OR m.kind = ANY (p_only_kinds)) AND (p_state IS NULL OR m.state = p_state)),
      'complete', (SELECT count(*) FROM matches) <= p_most,
      'kinds', (SELECT jsonb_object_agg(f.kind, f.n) FROM (SELECT m.kind, count(*) AS n FROM matches m
        WHERE p_state IS NULL OR m.state = p_state GROUP BY m.kind) f),
      'states', (SELECT jsonb_object_agg(f.state, f.n) FROM (SELECT m.state, count(*) AS n FROM matches m
        WHERE p_only_kinds IS NULL OR m.kind = ANY (p_only_kinds) GROUP BY m.state) f),
      'words', to_jsonb(v_words)),
    (SELECT jsonb_agg(jsonb_build_object('kind', d.kind, 'id', d.id, 'title', d.title, 'body', d.body, 'meeting_id', d.meeting_id,
        'state', d.state, 'at', d.at) ORDER BY b.score DESC, b.at DESC, b.id)
      FROM best b JOIN matches d ON d.kind = b.kind AND d.id = b.id)
    INTO v_answer, v_hits;
  v_complete := (v_answer ->> 'complete')::boolean;
  IF NOT v_complete THEN
    SELECT jsonb_agg(jsonb_build_object('kind', d.kind, 'id', d.id, 'title', d.title, 'body', d.body, 'meeting_id', d.meeting_id,
        'state', d.state, 'at', d.at) ORDER BY d.score DESC, d.at DESC, d.id) INTO v_hits
    FROM (SELECT n.*, ts_rank('{0.05, 0.1, 0.3, 1}', n.vector, v_query, 1) AS score
      FROM door.search_newest(v_query, coalesce(ARRAY(SELECT k FROM unnest(p_kinds) k WHERE p_only_kinds IS NULL OR k = ANY (p_only_kinds)), '{}'),
        p_draft_kinds, p_meeting, p_state, 100) n
      ORDER BY score DESC, n.at DESC, n.id OFFSET p_offset LIMIT p_limit) d;
  END IF;
  RETURN v_answer || jsonb_build_object('hits', coalesce(v_hits, '[]'));
END $$;
REVOKE ALL ON FUNCTION door.search(text[], text[], text[], text[], text[], uuid, text[], text, integer, integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.search(text[], text[], text[], text[], text[], uuid, text[], text, integer, integer, integer) TO psephos_app;

-- Documents of one kind whose titles share rare words with a title, those that share most first: candidates to be compared.
CREATE OR REPLACE FUNCTION door.search_similar(p_words text[], p_raws text[], p_languages text[], p_kind text, p_drafts boolean, p_meeting uuid, p_limit integer)
  RETURNS TABLE (id uuid, title text, state text, meeting_id uuid)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_rare tsquery;
  v_any tsquery;
  v_term tsquery;
  v_rank integer := 0;
  v_row record;
BEGIN
  FOR v_row IN
    SELECT u.word, u.raw, f.found, CASE WHEN f.found > 0 THEN '{}' ELSE door.search_alternatives(u.word, 2) END AS alternatives
    FROM unnest(p_words, p_raws) u (word, raw) CROSS JOIN LATERAL (SELECT door.search_words(u.word) AS found) f
    ORDER BY f.found
  LOOP
    CONTINUE WHEN v_row.found = 0 AND cardinality(v_row.alternatives) = 0;
    v_term := door.search_term(v_row.word, v_row.raw, p_languages, v_row.alternatives);
    v_any := coalesce(v_any || v_term, v_term);
    -- the rarest word alone or, where even that is common, together with the next; two more rare ones beside it
    v_rare := CASE WHEN v_rank = 0 THEN v_term
      WHEN v_row.found <= 300 AND v_rank < 3 THEN v_rare || v_term
      WHEN v_rank = 1 THEN v_rare && v_term
      ELSE v_rare END;
    v_rank := v_rank + 1;
  END LOOP;
  IF v_rare IS NULL THEN RETURN; END IF;
  RETURN QUERY
    SELECT m.id, m.title, m.state, m.meeting_id
    FROM door.search_matches(v_rare, ARRAY[p_kind], CASE WHEN p_drafts THEN ARRAY[p_kind] ELSE '{}' END, p_meeting, 600) m
    ORDER BY ts_rank('{0, 0, 0.01, 1}', m.vector, v_any, 1) DESC, m.at DESC, m.id LIMIT p_limit;
END $$;
REVOKE ALL ON FUNCTION door.search_similar(text[], text[], text[], text, boolean, uuid, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.search_similar(text[], text[], text[], text, boolean, uuid, integer) TO psephos_app;

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
