SET LOCAL ROLE psephos_urn;
-- The inbox of one election: a table of its own, so that it can be dropped whole after the close (rows deleted from a
-- shared table stay readable in its pages), made when the election opens.
CREATE OR REPLACE FUNCTION urn.inbox_of(p_election uuid) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
  AS $$ SELECT 'inbox_' || replace(p_election::text, '-', '') $$;
REVOKE ALL ON FUNCTION urn.inbox_of(uuid) FROM PUBLIC;

CREATE OR REPLACE FUNCTION urn.make_inbox(p_election uuid) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_inbox text := urn.inbox_of(p_election);
BEGIN
  -- One row a batch. Arrays and joined texts are in the order of the tracking codes, which says nothing of the order
  -- of casting. Weights are null where every ballot counts one vote. EXTERNAL: tracking codes do not compress.
  EXECUTE format($ddl$
    CREATE TABLE urn.%I (
      org_id uuid NOT NULL,
      pos bigint PRIMARY KEY,
      size integer NOT NULL,
      tracking bytea STORAGE EXTERNAL NOT NULL,
      ballots text NOT NULL,
      weights bigint[],
      voters bytea STORAGE EXTERNAL,
      at timestamptz NOT NULL
    )$ddl$, v_inbox);
  EXECUTE format('ALTER TABLE urn.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', v_inbox);
  EXECUTE format('CREATE POLICY own_organisation ON urn.%I USING (org_id = (SELECT app.current_org()))', v_inbox);
  EXECUTE format($ddl$
    COMMENT ON TABLE urn.%1$I IS 'Batches of one open election; dropped after the close.';
    COMMENT ON COLUMN urn.%1$I.org_id IS 'The organisation.';
    COMMENT ON COLUMN urn.%1$I.pos IS 'Log position of the row that announced the batch.';
    COMMENT ON COLUMN urn.%1$I.size IS 'Ballots in it.';
    COMMENT ON COLUMN urn.%1$I.tracking IS 'Tracking codes, 16 bytes each, in ascending order.';
    COMMENT ON COLUMN urn.%1$I.ballots IS 'Canonical ballots in the order of their tracking codes, joined by U+001E; blank ones are empty.';
    COMMENT ON COLUMN urn.%1$I.weights IS 'Weights in micro-units in the same order; null: one vote each.';
    COMMENT ON COLUMN urn.%1$I.voters IS 'Named elections: the credentials, 32 bytes each, in the same order. Secret elections: null.';
    COMMENT ON COLUMN urn.%1$I.at IS 'When the batch was written.'
    $ddl$, v_inbox);
END $$;
REVOKE ALL ON FUNCTION urn.make_inbox(uuid) FROM PUBLIC;

-- Every ballot in an election's inbox with log positions in (p_after, p_upto].
CREATE OR REPLACE FUNCTION urn.inbox_ballots(p_election uuid, p_after bigint, p_upto bigint)
  RETURNS TABLE (tracking_code bytea, ballot text, weight bigint, voter bytea)
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN QUERY EXECUTE format($q$
    SELECT substring(i.tracking FROM (n.n - 1) * 16 + 1 FOR 16), b.ballot, coalesce(i.weights[n.n], 1000000),
           substring(i.voters FROM (n.n - 1) * 32 + 1 FOR 32)
    FROM urn.%I i
    -- string_to_array('') is the empty array: a batch of one blank ballot needs the explicit form
    CROSS JOIN LATERAL unnest(CASE WHEN i.size = 1 THEN ARRAY[i.ballots] ELSE string_to_array(i.ballots, E'\x1e') END)
      WITH ORDINALITY b (ballot, o)
    CROSS JOIN LATERAL (SELECT b.o::integer AS n) n
    WHERE i.pos > $1 AND i.pos <= $2$q$, urn.inbox_of(p_election))
  USING p_after, p_upto;
END $$;
REVOKE ALL ON FUNCTION urn.inbox_ballots(uuid, bigint, bigint) FROM PUBLIC;
