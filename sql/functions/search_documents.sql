SET LOCAL ROLE psephos_owner;
-- Makes the documents of one organisation be as given, those of p_gone not be, and the lexicon agree. Whoever calls it holds
-- the organisation's lock of the indexing and has read the documents after taking it, so that a version never goes back.
-- p_documents: [{kind, id, language, title, body, meeting_id, state, draft, at, audience, campaign_id, tags, submitter_name, coin_count, context_id,
-- words, lexemes, title_lexemes}]; lexemes as tsvector reads them.
-- p_outbox: a search server is to get them as well. Answers how many documents changed.
CREATE OR REPLACE FUNCTION app.put_search_documents(p_org uuid, p_documents jsonb, p_gone jsonb, p_outbox boolean) RETURNS integer
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_changed integer;
  v_lost text[];
BEGIN
  WITH put AS MATERIALIZED (
    SELECT n.*, d.words AS was, false AS gone, nextval('app.search_version') AS version
    FROM jsonb_to_recordset(p_documents) n (kind text, id uuid, language text, title text, body text, meeting_id uuid,
      state text, draft boolean, at timestamptz, audience text[], campaign_id uuid, tags text[], submitter_name text, coin_count bigint,
      context_id text, words text[], lexemes text, title_lexemes text)
    LEFT JOIN LATERAL (SELECT * FROM app.search_documents x WHERE x.org_id = p_org AND x.kind = n.kind AND x.id = n.id OFFSET 0) d ON true
    WHERE d.id IS NULL OR (n.language, n.title, n.body, n.meeting_id, n.state, n.draft, n.at, n.audience, n.campaign_id, n.tags, n.submitter_name,
        n.coin_count, n.context_id)
      IS DISTINCT FROM (d.language, d.title, d.body, d.meeting_id, d.state, d.draft, d.at, d.audience, d.campaign_id, d.tags, d.submitter_name,
        d.coin_count, d.context_id)
    UNION ALL
    SELECT g.kind, g.id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '{}', NULL, NULL, d.words, true,
      nextval('app.search_version')
    FROM jsonb_to_recordset(p_gone) g (kind text, id uuid)
    CROSS JOIN LATERAL (SELECT x.words FROM app.search_documents x WHERE x.org_id = p_org AND x.kind = g.kind AND x.id = g.id OFFSET 0) d
  ), counted AS (
    INSERT INTO app.search_lexicon AS l (org_id, word, documents)
      SELECT p_org, c.word, sum(c.change) FROM (
        SELECT u.word, 1 AS change FROM put p CROSS JOIN unnest(p.words) u (word)
        UNION ALL
        SELECT '', (NOT p.gone)::integer - (p.was IS NOT NULL)::integer FROM put p
        UNION ALL
        SELECT u.word, -1 FROM put p CROSS JOIN unnest(p.was) u (word)) c
      GROUP BY c.word HAVING sum(c.change) <> 0 ORDER BY c.word
      ON CONFLICT (org_id, word) DO UPDATE SET documents = l.documents + excluded.documents
      RETURNING l.word, l.documents
  ), sent AS (
    INSERT INTO app.search_outbox AS o (org_id, kind, id, version)
      SELECT p_org, p.kind, p.id, p.version FROM put p WHERE p_outbox
      ON CONFLICT (org_id, kind, id) DO UPDATE SET version = excluded.version
  ), removed AS (
    DELETE FROM app.search_documents d USING put p WHERE p.gone AND d.org_id = p_org AND d.kind = p.kind AND d.id = p.id
  ), stored AS (
    INSERT INTO app.search_documents AS d (org_id, kind, id, version, language, title, body, meeting_id, state, draft, at, audience,
        campaign_id, tags, submitter_name, coin_count, context_id, words, title_vector, vector)
      SELECT p_org, p.kind, p.id, p.version, p.language, p.title, p.body, p.meeting_id, p.state, p.draft, p.at, p.audience,
        p.campaign_id, p.tags, p.submitter_name, p.coin_count, p.context_id, p.words,
        p.title_lexemes::tsvector || app.search_stems(p.language, p.title, ''),
        p.lexemes::tsvector || app.search_stems(p.language, p.title, p.body)
      FROM put p WHERE NOT p.gone
      ON CONFLICT (org_id, kind, id) DO UPDATE SET version = excluded.version, language = excluded.language, title = excluded.title,
        body = excluded.body, meeting_id = excluded.meeting_id, state = excluded.state, draft = excluded.draft, at = excluded.at,
        audience = excluded.audience, campaign_id = excluded.campaign_id, tags = excluded.tags, submitter_name = excluded.submitter_name,
        coin_count = excluded.coin_count, context_id = excluded.context_id, words = excluded.words,
        title_vector = excluded.title_vector, vector = excluded.vector
  )
  SELECT (SELECT count(*) FROM put), ARRAY(SELECT c.word FROM counted c WHERE c.documents <= 0) INTO v_changed, v_lost;
  DELETE FROM app.search_lexicon l WHERE l.org_id = p_org AND l.word = ANY (v_lost) AND l.documents <= 0;
  RETURN v_changed;
END $$;
REVOKE ALL ON FUNCTION app.put_search_documents(uuid, jsonb, jsonb, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.put_search_documents(uuid, jsonb, jsonb, boolean) TO psephos_app;

-- The dictionary of a language.
CREATE OR REPLACE FUNCTION app.search_configuration(p_language text) RETURNS regconfig
  LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE p_language WHEN 'en' THEN 'pg_catalog.english' WHEN 'de' THEN 'pg_catalog.german' WHEN 'es' THEN 'pg_catalog.spanish'
    ELSE 'pg_catalog.simple' END::regconfig
$$;

-- Stems of a text by the rules of its language, weighed like its words. Polish has none in PostgreSQL's own dictionaries.
CREATE OR REPLACE FUNCTION app.search_stems(p_language text, p_title text, p_body text) RETURNS tsvector
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE WHEN p_language = 'pl' THEN ''::tsvector
    ELSE setweight(to_tsvector(app.search_configuration(p_language), p_title), 'A')
      || setweight(to_tsvector(app.search_configuration(p_language), p_body), 'B') END
$$;
REVOKE ALL ON FUNCTION app.search_stems(text, text, text), app.search_configuration(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.search_stems(text, text, text) TO psephos_app;
GRANT EXECUTE ON FUNCTION app.search_configuration(text) TO psephos_app, psephos_door;
