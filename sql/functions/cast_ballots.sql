SET LOCAL ROLE psephos_urn;
-- Casts one batch of one election in one transaction.
--   p_keys: 64 bytes a ballot: credential 32, spend key 16, tracking code 16
--   p_ballots: canonical ballots in the same order, joined by U+001E
-- Answers one character a ballot, in the same order:
--   0 accepted          1 accepted before: the same cast again    2 busy: somebody else holds the credential's row
--   3 no such credential  4 spent on another ballot               5 not open yet
--   6 closing: ask again  7 closed                                8 cancelled            9 no such election
--   q over the organisation's quota of ballots: those before it in the batch were taken up to the last one left
-- Joins between the batch and the roll would be planned from statistics, and those of a fresh roll are wrong: every
-- access to credentials is a locking or scalar subquery, or an insert that conflicts, all of them one index probe a row.
CREATE OR REPLACE FUNCTION urn.cast_ballots(p_org uuid, p_election uuid, p_keys bytea, p_ballots text) RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_size integer := octet_length(p_keys) / 64;
  v_texts text[] := CASE WHEN octet_length(p_keys) = 64 THEN ARRAY[p_ballots] ELSE string_to_array(p_ballots, E'\x1e') END;
  v_state text;
  v_named boolean;
  v_due boolean;
  v_refusal text;
  v_codes text;
  v_new integer;
  v_spent integer;
  v_tracking bytea;
  v_ballots text;
  v_weights bigint[];
  v_voters bytea;
  v_plain boolean;
  v_pos bigint;
  v_quota bigint;
  v_left bigint;
BEGIN
  IF octet_length(p_keys) <> v_size * 64 OR v_size = 0 OR cardinality(v_texts) <> v_size THEN
    RAISE EXCEPTION 'a batch of % bytes of keys and % ballots', octet_length(p_keys), cardinality(v_texts)
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
  PERFORM set_config('app.org_id', p_org::text, true);
  IF NOT pg_try_advisory_xact_lock_shared(hashtextextended(p_election::text, 7301)) THEN
    RETURN repeat('6', v_size);
  END IF;
  -- a statement of its own after the lock: its snapshot sees whatever a closer committed
  SELECT e.state, e.secrecy = 'named', coalesce(e.closes_at <= clock_timestamp(), false),
         (SELECT q.ballots FROM app.quotas q WHERE q.org_id = p_org)
    INTO v_state, v_named, v_due, v_quota
    FROM app.elections e WHERE e.org_id = p_org AND e.election_id = p_election;
  IF v_state IS NULL THEN
    RETURN repeat('9', v_size);
  END IF;
  IF v_state <> 'open' OR v_due THEN
    -- Past its time but not closed yet is 'closing': a batch that passed the check before may still be committing, so
    -- only the barrier can tell a voter for certain that the ballot is not in.
    v_refusal := CASE v_state WHEN 'open' THEN '6' WHEN 'draft' THEN '5' WHEN 'cancelled' THEN '8' ELSE '7' END;
    RETURN urn.refuse_ballots(p_org, p_election, p_keys, v_refusal);
  END IF;
  IF v_quota IS NOT NULL THEN
    v_left := urn.units_left(p_org, 'ballots', v_quota, v_size);
    IF v_left < v_size THEN
      RETURN urn.cast_up_to(p_org, p_election, p_keys, v_texts, v_left);
    END IF;
  END IF;

  WITH input AS MATERIALIZED (
    SELECT i.n, i.c, i.s, i.t, i.b, row_number() OVER (PARTITION BY i.c ORDER BY i.n) AS turn
    FROM (
      SELECT u.o::integer AS n, u.b, substring(p_keys FROM (u.o::integer - 1) * 64 + 1 FOR 32) AS c,
             substring(p_keys FROM (u.o::integer - 1) * 64 + 33 FOR 16) AS s,
             substring(p_keys FROM (u.o::integer - 1) * 64 + 49 FOR 16) AS t
      FROM unnest(v_texts) WITH ORDINALITY u (b, o)) i
  ), held AS MATERIALIZED (
    -- the first cast of a credential in the batch asks for its row; SKIP LOCKED: never waits for another batch
    SELECT i.n, i.c, i.s, i.t, i.b, i.turn, k.weight, k.spend_key
    FROM input i LEFT JOIN LATERAL (
      SELECT x.weight, x.spend_key FROM urn.credential x
      WHERE i.turn = 1 AND x.org_id = p_org AND x.election_id = p_election AND x.credential = i.c
      FOR NO KEY UPDATE SKIP LOCKED) k ON true
  ), fresh AS MATERIALIZED (
    SELECT h.c, h.s, h.t, h.b, h.weight FROM held h WHERE h.weight IS NOT NULL AND h.spend_key IS NULL
  ), spent AS (
    INSERT INTO urn.credential AS k (org_id, election_id, credential, weight, spend_key)
    SELECT p_org, p_election, f.c, f.weight, f.s FROM fresh f
    ON CONFLICT (org_id, election_id, credential) DO UPDATE SET spend_key = excluded.spend_key WHERE k.spend_key IS NULL
    RETURNING 1
  ), answered AS (
    SELECT h.n, h.c, h.s, h.turn, h.weight, h.spend_key,
           first_value(CASE WHEN h.weight IS NOT NULL THEN coalesce(h.spend_key, h.s) END) OVER (PARTITION BY h.c ORDER BY h.n) AS holds
    FROM held h
  )
  SELECT (SELECT string_agg(CASE
            WHEN a.holds IS NULL THEN CASE WHEN (
              SELECT true FROM urn.credential k WHERE k.org_id = p_org AND k.election_id = p_election AND k.credential = a.c LIMIT 1)
              THEN '2' ELSE '3' END
            WHEN a.turn = 1 AND a.spend_key IS NULL THEN '0'
            WHEN a.holds = a.s THEN '1' ELSE '4' END, '' ORDER BY a.n) FROM answered a),
         count(*), (SELECT count(*) FROM spent), string_agg(f.t, ''::bytea ORDER BY f.t), string_agg(f.b, E'\x1e' ORDER BY f.t),
         array_agg(f.weight ORDER BY f.t), CASE WHEN v_named THEN string_agg(f.c, ''::bytea ORDER BY f.t) END,
         bool_and(f.weight = 1000000)
    INTO v_codes, v_new, v_spent, v_tracking, v_ballots, v_weights, v_voters, v_plain
    FROM fresh f;

  IF v_new > 0 THEN
    IF v_spent <> v_new THEN
      RAISE EXCEPTION 'of % held credentials % were spent', v_new, v_spent USING ERRCODE = 'internal_error';
    END IF;
    IF urn.meter(p_org, 'ballots', v_new) > v_quota THEN
      RAISE EXCEPTION 'others used up the quota meanwhile: run the batch again' USING ERRCODE = 'serialization_failure';
    END IF;
    v_pos := urn.announce(p_org, p_election, 'election.ballots', jsonb_build_object('size', v_new));
    EXECUTE format('INSERT INTO urn.%I (org_id, pos, size, tracking, ballots, weights, voters, at) VALUES ($1, $2, $3, $4, $5, $6, $7, clock_timestamp())',
        urn.inbox_of(p_election))
      USING p_org, v_pos, v_new, v_tracking, v_ballots, CASE WHEN v_plain THEN NULL ELSE v_weights END, v_voters;
  END IF;
  RETURN v_codes;
END $$;
REVOKE ALL ON FUNCTION urn.cast_ballots(uuid, uuid, bytea, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION urn.cast_ballots(uuid, uuid, bytea, text) TO psephos_app;

-- The answers to a batch of which nothing may be cast: who has cast the very same before is told so all the same.
CREATE OR REPLACE FUNCTION urn.refuse_ballots(p_org uuid, p_election uuid, p_keys bytea, p_refusal text) RETURNS text
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT string_agg(CASE WHEN k.held IS NULL THEN '3' WHEN k.spend_key IS NULL THEN p_refusal
                         WHEN k.spend_key = substring(p_keys FROM (i - 1) * 64 + 33 FOR 16) THEN '1' ELSE '4' END, '' ORDER BY i)
  FROM generate_series(1, octet_length(p_keys) / 64) i
  LEFT JOIN LATERAL (
    SELECT true AS held, x.spend_key FROM urn.credential x
    WHERE x.org_id = p_org AND x.election_id = p_election AND x.credential = substring(p_keys FROM (i - 1) * 64 + 1 FOR 32)
    OFFSET 0) k ON true
$$;
REVOKE ALL ON FUNCTION urn.refuse_ballots(uuid, uuid, bytea, text) FROM PUBLIC;

-- Casts a batch of which no more than p_left ballots may be new; their counter is locked. As much of it as is left can only
-- be cast whole, so it goes part by part: each part no larger than what is left, until that is nothing.
CREATE OR REPLACE FUNCTION urn.cast_up_to(p_org uuid, p_election uuid, p_keys bytea, p_texts text[], p_left bigint) RETURNS text
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_size integer := cardinality(p_texts);
  v_done integer := 0;
  v_left integer := p_left;
  v_part integer;
  v_codes text := '';
  v_answer text;
BEGIN
  WHILE v_left > 0 AND v_done < v_size LOOP
    v_part := least(v_left, v_size - v_done);
    v_answer := urn.cast_ballots(p_org, p_election, substring(p_keys FROM v_done * 64 + 1 FOR v_part * 64),
      array_to_string(p_texts[v_done + 1 : v_done + v_part], E'\x1e'));
    v_codes := v_codes || v_answer;
    v_done := v_done + v_part;
    v_left := v_left - (length(v_answer) - length(replace(v_answer, '0', '')));
  END LOOP;
  IF v_done < v_size THEN
    v_codes := v_codes || urn.refuse_ballots(p_org, p_election, substring(p_keys FROM v_done * 64 + 1), 'q');
  END IF;
  RETURN v_codes;
END $$;
REVOKE ALL ON FUNCTION urn.cast_up_to(uuid, uuid, bytea, text[], bigint) FROM PUBLIC;
