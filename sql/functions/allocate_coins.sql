SET LOCAL ROLE psephos_urn;
-- Moves coins of one campaign: a batch of acts in one transaction.
--   p_acts: 72 bytes an act: member 16, request id 16, from 16, to 16, amount 8; from and to are ideas, or zeroes for the purse.
--     From the purse to an idea allocates, from an idea to the purse withdraws, from one idea to another reallocates.
-- Answers one text an act, in the same order, joined by commas: code:available:allocated:expended:coins on `from`:coins on `to`.
-- The figures stand behind codes 0, 1, a, b and k alone. Codes:
--   0 done               1 done before: the same act again     2 busy: somebody else holds the purse
--   3 no purse here      4 the request id names another act     5 not active yet
--   6 being changed: ask again   7 over    9 no such campaign    r several acts of one purse: ask again for this one
--   a more than is available     b more than lies there         c coins may not be moved    d coins may not be taken back
--   e no such idea (to)  f the idea takes no coins              g the idea was accepted already
--   h coins expended     i no such idea (from)                  k not the square of a number of votes
--   q over the organisation's quota                             x coins have expired
-- All acts of one purse are done in the order in which they came. Like the casting of ballots every row is reached by one
-- index probe, whatever the statistics say.
CREATE OR REPLACE FUNCTION urn.allocate_coins(p_org uuid, p_campaign uuid, p_acts bytea) RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
  c_turns constant integer := 8; -- acts of one purse in a batch: beyond it they are asked for again, so that nobody holds up the rest
  v_size integer := octet_length(p_acts) / 72;
  v_rules record;
  v_held boolean[];
  v_most integer;
  v_quota bigint;
  v_left bigint;
  v_batch uuid := gen_random_uuid();
  v_numbers integer[] := '{}';
  v_answers text[] := '{}';
  v_deltas jsonb := '{}';
  v_done integer := 0;
  v_turn record;
BEGIN
  IF octet_length(p_acts) <> v_size * 72 OR v_size = 0 THEN
    RAISE EXCEPTION 'a batch of % bytes of acts', octet_length(p_acts) USING ERRCODE = 'invalid_parameter_value';
  END IF;
  PERFORM set_config('app.org_id', p_org::text, true);
  -- whoever changes the campaign or the fate of an idea holds this lock alone
  IF NOT pg_try_advisory_xact_lock_shared(hashtextextended(p_campaign::text, 7305)) THEN
    RETURN repeat('6,', v_size - 1) || '6';
  END IF;
  -- a statement of its own after the lock: its snapshot sees whatever was changed under it
  SELECT urn.coins_refused(c.status, c.end_date, p.coins_expire_at) AS refusal, p.allow_reallocation, p.allow_recycling,
         c.preset = 'quadratic' AS quadratic
    INTO v_rules
    FROM app.campaigns c JOIN app.coin_policies p ON p.org_id = c.org_id AND p.campaign_id = c.id
    WHERE c.org_id = p_org AND c.id = p_campaign;
  IF v_rules.allow_recycling IS NULL THEN
    RETURN repeat('9,', v_size - 1) || '9';
  END IF;
  SELECT q.allocations INTO v_quota FROM app.quotas q WHERE q.org_id = p_org;
  v_left := CASE WHEN v_quota IS NULL THEN v_size ELSE urn.units_left(p_org, 'allocations', v_quota, v_size) END;

  -- SKIP LOCKED: never waits for another batch. What is decided below is read after this, and stays true: the purse is held.
  SELECT array_agg(k.held IS NOT NULL ORDER BY i.n) INTO v_held
    FROM generate_series(0, v_size - 1) i (n)
    LEFT JOIN LATERAL (
      SELECT true AS held FROM app.coin_balances b
      WHERE b.org_id = p_org AND b.campaign_id = p_campaign AND b.user_id = urn.uuid_in(p_acts, i.n * 72)
      FOR NO KEY UPDATE SKIP LOCKED) k ON true;
  SELECT max(c.n) INTO v_most FROM (
    SELECT count(*) AS n FROM generate_series(0, v_size - 1) i (n) GROUP BY urn.uuid_in(p_acts, i.n * 72)) c;

  FOR v_number IN 1 .. least(v_most, c_turns) LOOP
    SELECT * INTO v_turn FROM urn.move_coins(p_org, p_campaign, p_acts, v_number, v_number = least(v_most, c_turns), v_held, v_batch,
      v_rules.refusal, v_rules.allow_reallocation, v_rules.allow_recycling, v_rules.quadratic, v_left - v_done);
    v_numbers := v_numbers || v_turn.numbers;
    v_answers := v_answers || v_turn.answers;
    v_deltas := CASE WHEN v_deltas = '{}' THEN v_turn.deltas ELSE urn.add_deltas(v_deltas, v_turn.deltas) END;
    v_done := v_done + v_turn.done;
  END LOOP;

  IF v_done > 0 THEN
    IF urn.meter(p_org, 'allocations', v_done) > v_quota THEN
      RAISE EXCEPTION 'others used up the quota meanwhile: run the batch again' USING ERRCODE = 'serialization_failure';
    END IF;
    PERFORM urn.announce(p_org, p_campaign, 'campaign.coins', jsonb_build_object('batch', v_batch, 'size', v_done, 'deltas', v_deltas));
  END IF;
  RETURN (SELECT string_agg(a.answer, ',' ORDER BY a.n) FROM unnest(v_numbers, v_answers) a (n, answer));
END $$;
REVOKE ALL ON FUNCTION urn.allocate_coins(uuid, uuid, bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION urn.allocate_coins(uuid, uuid, bytea) TO psephos_app;

-- Why no coin of a campaign may move now; null: they may.
CREATE OR REPLACE FUNCTION urn.coins_refused(p_status text, p_end timestamptz, p_expire timestamptz) RETURNS text
  LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE WHEN p_status = 'draft' THEN '5' WHEN p_status <> 'active' OR p_end <= clock_timestamp() THEN '7'
              WHEN p_expire <= clock_timestamp() THEN 'x' END
$$;
REVOKE ALL ON FUNCTION urn.coins_refused(text, timestamptz, timestamptz) FROM PUBLIC;

-- The 16 bytes from p_at on (the first byte is 0) as an id.
CREATE OR REPLACE FUNCTION urn.uuid_in(p_bytes bytea, p_at integer) RETURNS uuid
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS $$ SELECT encode(substring(p_bytes FROM p_at + 1 FOR 16), 'hex')::uuid $$;
REVOKE ALL ON FUNCTION urn.uuid_in(bytea, integer) FROM PUBLIC;

-- Votes that coins on an idea are worth where k of them cost k x k.
CREATE OR REPLACE FUNCTION urn.votes_of(p_coins bigint) RETURNS bigint
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS $$ SELECT floor(sqrt(p_coins::double precision))::bigint $$; -- exact far beyond any purse
REVOKE ALL ON FUNCTION urn.votes_of(bigint) FROM PUBLIC;

-- What a batch does to the board, an object of idea -> [coins, givers, votes], as the log tells it. Two of them, added.
CREATE OR REPLACE FUNCTION urn.add_deltas(p_one jsonb, p_other jsonb) RETURNS jsonb
  LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT coalesce(jsonb_object_agg(s.key, s.sums), '{}') FROM (
    SELECT u.key, jsonb_build_array(sum((u.value ->> 0)::bigint), sum((u.value ->> 1)::bigint), sum((u.value ->> 2)::bigint)) AS sums
    FROM (SELECT * FROM jsonb_each(p_one) UNION ALL SELECT * FROM jsonb_each(p_other)) u GROUP BY u.key) s
$$;
REVOKE ALL ON FUNCTION urn.add_deltas(jsonb, jsonb) FROM PUBLIC;

-- The p_turn-th act of each purse of a batch. p_last: what comes behind it is answered 'r'.
CREATE OR REPLACE FUNCTION urn.move_coins(p_org uuid, p_campaign uuid, p_acts bytea, p_turn integer, p_last boolean, p_held boolean[],
    p_batch uuid, p_refusal text, p_reallocation boolean, p_recycling boolean, p_quadratic boolean, p_left bigint)
  RETURNS TABLE (numbers integer[], answers text[], deltas jsonb, done integer)
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  c_purse constant uuid := '00000000-0000-0000-0000-000000000000';
  v_written integer;
BEGIN
  WITH input AS MATERIALIZED (
    SELECT i.n, i.u, i.r, i.f, i.t, i.a, row_number() OVER (PARTITION BY i.u ORDER BY i.n) AS turn
    FROM (
      SELECT g.n, urn.uuid_in(p_acts, g.n * 72) AS u, urn.uuid_in(p_acts, g.n * 72 + 16) AS r,
             nullif(urn.uuid_in(p_acts, g.n * 72 + 32), c_purse) AS f, nullif(urn.uuid_in(p_acts, g.n * 72 + 48), c_purse) AS t,
             ('x' || encode(substring(p_acts FROM g.n * 72 + 65 FOR 8), 'hex'))::bit(64)::bigint AS a
      FROM generate_series(0, octet_length(p_acts) / 72 - 1) g (n)) i
  ), known AS MATERIALIZED (
    SELECT i.*, b.is_open, b.issued_coins, b.available_coins, b.allocated_coins, b.expended_coins, b.expired_coins,
           l.kind AS was, (l.debit_of IS NOT DISTINCT FROM i.f AND l.credit_of IS NOT DISTINCT FROM i.t AND l.amount = i.a) AS same,
           coalesce(fa.amount, 0) AS on_f, coalesce(ta.amount, 0) AS on_t, fi.status AS f_status, ti.status AS t_status
    FROM input i
    LEFT JOIN LATERAL (SELECT * FROM app.coin_balances x
      WHERE x.org_id = p_org AND x.campaign_id = p_campaign AND x.user_id = i.u OFFSET 0) b ON true
    LEFT JOIN LATERAL (SELECT x.kind, x.debit_of, x.credit_of, x.amount FROM app.ledger x
      WHERE x.org_id = p_org AND x.book = p_campaign AND x.holder = i.u AND x.request_id = i.r OFFSET 0) l ON true
    LEFT JOIN LATERAL (SELECT x.amount FROM app.coin_allocations x
      WHERE x.org_id = p_org AND x.campaign_id = p_campaign AND x.user_id = i.u AND x.idea_id = i.f OFFSET 0) fa ON true
    LEFT JOIN LATERAL (SELECT x.amount FROM app.coin_allocations x
      WHERE x.org_id = p_org AND x.campaign_id = p_campaign AND x.user_id = i.u AND x.idea_id = i.t OFFSET 0) ta ON true
    -- the campaign is compared outside: with it inside, the index of the campaign's ideas is taken, and all of them read (230 ms a batch)
    LEFT JOIN LATERAL (SELECT x.status, x.campaign_id FROM app.ideas x
      WHERE x.org_id = p_org AND x.id = i.f OFFSET 0) fi ON fi.campaign_id = p_campaign
    LEFT JOIN LATERAL (SELECT x.status, x.campaign_id FROM app.ideas x
      WHERE x.org_id = p_org AND x.id = i.t OFFSET 0) ti ON ti.campaign_id = p_campaign
    WHERE i.turn = p_turn
  ), decided AS MATERIALIZED (
    SELECT k.*, CASE
      WHEN k.is_open IS NULL THEN '3'
      WHEN NOT p_held[k.n + 1] THEN '2'
      WHEN k.was IS NOT NULL THEN CASE WHEN k.same AND k.was IN ('allocate', 'withdraw', 'reallocate') THEN '1' ELSE '4' END
      WHEN p_refusal IS NOT NULL THEN p_refusal
      WHEN NOT k.is_open THEN '3'
      WHEN k.f IS NOT NULL AND k.f_status IS NULL THEN 'i'
      WHEN k.t IS NOT NULL AND k.t_status IS NULL THEN 'e'
      WHEN k.f_status IN ('accepted', 'in_progress', 'complete') THEN 'h'
      WHEN k.t_status IN ('accepted', 'in_progress', 'complete') THEN 'g'
      WHEN k.t_status <> 'competing' THEN 'f'
      WHEN k.f IS NOT NULL AND k.t IS NOT NULL AND NOT p_reallocation THEN 'c'
      WHEN k.f IS NOT NULL AND k.t IS NULL AND NOT p_recycling THEN 'd'
      WHEN k.f IS NULL AND k.a > k.available_coins THEN 'a'
      WHEN k.f IS NOT NULL AND k.a > k.on_f THEN 'b'
      WHEN p_quadratic AND (k.f IS NOT NULL AND urn.votes_of(k.on_f - k.a) ^ 2 <> k.on_f - k.a
        OR k.t IS NOT NULL AND urn.votes_of(k.on_t + k.a) ^ 2 <> k.on_t + k.a) THEN 'k'
      ELSE '0' END AS code
    FROM known k
  ), limited AS MATERIALIZED (
    SELECT d.*, CASE WHEN d.code = '0' AND count(*) FILTER (WHERE d.code = '0') OVER (ORDER BY d.n) > p_left THEN 'q' ELSE d.code END AS final,
           CASE WHEN d.f IS NULL THEN -d.a WHEN d.t IS NULL THEN d.a ELSE 0 END AS back
    FROM decided d
  ), moved AS MATERIALIZED (
    SELECT l.* FROM limited l WHERE l.final = '0'
  ), purses AS (
    INSERT INTO app.coin_balances AS b (org_id, campaign_id, user_id, available_coins, allocated_coins, expended_coins, expired_coins, issued_coins)
    SELECT p_org, p_campaign, m.u, m.available_coins + m.back, m.allocated_coins - m.back, m.expended_coins, m.expired_coins, m.issued_coins
    FROM moved m
    ON CONFLICT (org_id, campaign_id, user_id) DO UPDATE SET available_coins = excluded.available_coins,
      allocated_coins = excluded.allocated_coins, updated_at = clock_timestamp()
  ), placed AS (
    INSERT INTO app.coin_allocations AS c (org_id, campaign_id, user_id, idea_id, amount)
    SELECT p_org, p_campaign, m.u, m.f, m.on_f - m.a FROM moved m WHERE m.f IS NOT NULL
    UNION ALL
    SELECT p_org, p_campaign, m.u, m.t, m.on_t + m.a FROM moved m WHERE m.t IS NOT NULL
    ON CONFLICT (org_id, campaign_id, user_id, idea_id) DO UPDATE SET amount = excluded.amount
  ), written AS (
    INSERT INTO app.ledger (org_id, book, holder, request_id, batch, kind, amount, debit, debit_of, debit_before, debit_after,
      credit, credit_of, credit_before, credit_after, created_by)
    SELECT p_org, p_campaign, m.u, m.r, p_batch,
      CASE WHEN m.f IS NULL THEN 'allocate' WHEN m.t IS NULL THEN 'withdraw' ELSE 'reallocate' END, m.a,
      CASE WHEN m.f IS NULL THEN 'available' ELSE 'allocated' END, m.f,
      CASE WHEN m.f IS NULL THEN m.available_coins ELSE m.on_f END, CASE WHEN m.f IS NULL THEN m.available_coins ELSE m.on_f END - m.a,
      CASE WHEN m.t IS NULL THEN 'available' ELSE 'allocated' END, m.t,
      CASE WHEN m.t IS NULL THEN m.available_coins ELSE m.on_t END, CASE WHEN m.t IS NULL THEN m.available_coins ELSE m.on_t END + m.a,
      m.u
    FROM moved m
    RETURNING 1
  ), counted AS ( -- for the statistics (engine/campaigns/statistics.ts): a row a turn
    INSERT INTO app.coin_batches (org_id, batch, turn, given, taken_back, moved, givers, others)
    SELECT p_org, p_batch, p_turn, coalesce(sum(m.a) FILTER (WHERE m.f IS NULL), 0), coalesce(sum(m.a) FILTER (WHERE m.t IS NULL), 0),
      coalesce(sum(m.a) FILTER (WHERE m.f IS NOT NULL AND m.t IS NOT NULL), 0),
      coalesce(array_agg(m.u) FILTER (WHERE m.f IS NULL), '{}'), coalesce(array_agg(m.u) FILTER (WHERE m.f IS NOT NULL), '{}')
    FROM moved m HAVING count(*) > 0
  )
  SELECT
    coalesce((SELECT array_agg(l.n ORDER BY l.n) FROM limited l), '{}') || CASE WHEN p_last THEN
      coalesce((SELECT array_agg(i.n) FROM input i WHERE i.turn > p_turn), '{}') ELSE '{}' END,
    coalesce((SELECT array_agg(CASE WHEN l.final = '0'
        THEN concat_ws(':', '0', l.available_coins + l.back, l.allocated_coins - l.back, l.expended_coins,
          CASE WHEN l.f IS NULL THEN 0 ELSE l.on_f - l.a END, CASE WHEN l.t IS NULL THEN 0 ELSE l.on_t + l.a END)
      WHEN l.final IN ('1', 'a', 'b', 'k') THEN concat_ws(':', l.final, l.available_coins, l.allocated_coins, l.expended_coins, l.on_f, l.on_t)
      ELSE l.final END ORDER BY l.n) FROM limited l), '{}')
      || CASE WHEN p_last THEN coalesce((SELECT array_agg('r'::text) FROM input i WHERE i.turn > p_turn), '{}') ELSE '{}' END,
    coalesce((SELECT jsonb_object_agg(x.idea, x.sums) FROM (
      SELECT b.idea, jsonb_build_array(sum(b.after - b.before), sum(sign(b.after) - sign(b.before)),
        sum(urn.votes_of(b.after) - urn.votes_of(b.before))) AS sums
      FROM (SELECT m.f AS idea, m.on_f AS before, m.on_f - m.a AS after FROM moved m WHERE m.f IS NOT NULL
        UNION ALL SELECT m.t, m.on_t, m.on_t + m.a FROM moved m WHERE m.t IS NOT NULL) b
      GROUP BY b.idea) x), '{}'),
    (SELECT count(*)::integer FROM moved), (SELECT count(*)::integer FROM written)
  INTO numbers, answers, deltas, done, v_written;
  IF v_written <> done THEN
    RAISE EXCEPTION 'of % movements % were written', done, v_written USING ERRCODE = 'internal_error';
  END IF;
  RETURN NEXT;
END $$;
REVOKE ALL ON FUNCTION urn.move_coins(uuid, uuid, bytea, integer, boolean, boolean[], uuid, text, boolean, boolean, boolean, bigint) FROM PUBLIC;
