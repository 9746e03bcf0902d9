SET LOCAL ROLE psephos_owner;
-- Keeps member_words and the lexicon as members.words says, for whole statements at once: an import changes thousands.
CREATE OR REPLACE FUNCTION app.index_members() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET enable_nestloop = on
AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    DELETE FROM app.member_words w USING old_rows o
      JOIN new_rows n ON n.org_id = o.org_id AND n.member_id = o.member_id AND n.words IS DISTINCT FROM o.words
      WHERE w.org_id = o.org_id AND w.word = ANY (o.words) AND w.member_id = o.member_id AND NOT w.word = ANY (n.words);
    INSERT INTO app.member_words (org_id, word, member_id)
      SELECT n.org_id, u.word, n.member_id FROM new_rows n
      JOIN old_rows o ON o.org_id = n.org_id AND o.member_id = n.member_id AND n.words IS DISTINCT FROM o.words
      CROSS JOIN unnest(n.words) u (word) WHERE NOT u.word = ANY (o.words) ORDER BY 1, 2;
    INSERT INTO app.member_lexicon (org_id, word)
      SELECT DISTINCT n.org_id, u.word FROM new_rows n
      JOIN old_rows o ON o.org_id = n.org_id AND o.member_id = n.member_id AND n.words IS DISTINCT FROM o.words
      CROSS JOIN unnest(n.words) u (word) WHERE u.word ~ '^[^0-9@]{3,}$' ORDER BY 1, 2
      ON CONFLICT DO NOTHING;
  ELSE
    INSERT INTO app.member_words (org_id, word, member_id)
      SELECT n.org_id, u.word, n.member_id FROM new_rows n CROSS JOIN unnest(n.words) u (word) ORDER BY 1, 2; -- index pages in turn
    -- in their order, so that two who add the same words wait for each other instead of both
    INSERT INTO app.member_lexicon (org_id, word)
      SELECT DISTINCT n.org_id, u.word FROM new_rows n CROSS JOIN unnest(n.words) u (word)
      WHERE u.word ~ '^[^0-9@]{3,}$' ORDER BY 1, 2
      ON CONFLICT DO NOTHING;
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION app.index_members() FROM PUBLIC;
CREATE OR REPLACE TRIGGER index_new_members AFTER INSERT ON app.members
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.index_members();
CREATE OR REPLACE TRIGGER index_changed_members AFTER UPDATE ON app.members
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.index_members();
RESET ROLE;

SET LOCAL ROLE psephos_door;
-- Words of the present organisation that look like this one, the likeliest first. A function of the door: likeness is no
-- leakproof comparison, so under row-level security every word of the organisation would be read.
CREATE OR REPLACE FUNCTION door.similar_words(p_word text, p_count integer)
  RETURNS TABLE (word text)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off
AS $$
BEGIN
  RETURN QUERY
    SELECT l.word FROM app.member_lexicon l
    WHERE l.org_id = app.current_org() AND l.word OPERATOR(extensions.%) p_word
    ORDER BY extensions.similarity(l.word, p_word) DESC, l.word LIMIT p_count;
END $$;
REVOKE ALL ON FUNCTION door.similar_words(text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.similar_words(text, integer) TO psephos_app;
