-- What is proposed from what happened, the rules in force, and the view people read.

CREATE TABLE proposals (
  id bigint GENERATED ALWAYS AS IDENTITY,
  kind text NOT NULL,
  terms text NOT NULL,
  state text DEFAULT 'open' NOT NULL,
  title text,
  text text,
  is_reworded boolean DEFAULT false NOT NULL,
  document_id bigint,
  canned_id bigint,
  replaced jsonb,
  verdict jsonb,
  found_at timestamptz DEFAULT now() NOT NULL,
  applied_at timestamptz,
  applied_by uuid,
  CONSTRAINT proposals_pkey PRIMARY KEY (id),
  CONSTRAINT proposals_kind_check CHECK (kind IN ('entry', 'rule', 'canned')),
  CONSTRAINT proposals_state_check
    CHECK (state IN ('open', 'applied', 'undone', 'dismissed')),
  CONSTRAINT proposals_document_id_fkey
    FOREIGN KEY (document_id) REFERENCES documents (id) ON DELETE SET NULL,
  CONSTRAINT proposals_canned_id_fkey
    FOREIGN KEY (canned_id) REFERENCES canned_replies (id) ON DELETE SET NULL,
  CONSTRAINT proposals_applied_by_fkey
    FOREIGN KEY (applied_by) REFERENCES users (user_id) ON DELETE SET NULL
);
CREATE UNIQUE INDEX proposals_one_of_a_kind ON proposals (kind, terms)
  WHERE state <> 'applied'::text;
CREATE INDEX idx_proposals_document_id ON proposals (document_id);
CREATE INDEX idx_proposals_canned_id ON proposals (canned_id);
CREATE INDEX idx_proposals_applied_by ON proposals (applied_by);
CREATE INDEX idx_proposals_found_at ON proposals (found_at);
COMMENT ON TABLE proposals IS
  'What operators may learn from what happened: each with the conversations behind it. '
  'Nothing changes by itself.';
COMMENT ON COLUMN proposals.id IS 'Its number, as operators name it.';
COMMENT ON COLUMN proposals.kind IS
  'entry of knowledge, rule for the prompt, or canned reply.';
COMMENT ON COLUMN proposals.terms IS
  'What its sources share: stems, sorted; the key of their group.';
COMMENT ON COLUMN proposals.state IS 'open, applied, undone, dismissed.';
COMMENT ON COLUMN proposals.title IS
  'The question, or name, that it was applied under; NULL: its sources tell.';
COMMENT ON COLUMN proposals.text IS 'What was applied; NULL: its sources tell.';
COMMENT ON COLUMN proposals.is_reworded IS
  'Whether an operator worded what was applied: then it stays when those go on whom it '
  'stands.';
COMMENT ON COLUMN proposals.document_id IS
  'The document that it became, while that is there.';
COMMENT ON COLUMN proposals.canned_id IS
  'The canned reply that it became, while that is there.';
COMMENT ON COLUMN proposals.replaced IS
  'What the document said before: title, question, text, language, and whether in '
  'words of users; NULL: it is new.';
COMMENT ON COLUMN proposals.verdict IS
  'What the last replay came to: how many situations were answered anew, how many '
  'otherwise, how many not at all, at what cost, and when.';
COMMENT ON COLUMN proposals.found_at IS 'When it was found first.';
COMMENT ON COLUMN proposals.applied_at IS 'When it was applied last.';
COMMENT ON COLUMN proposals.applied_by IS
  'The operator who did; NULL: by a command.';

CREATE TABLE proposal_sources (
  proposal_id bigint NOT NULL,
  kind text NOT NULL,
  reference_id uuid NOT NULL,
  user_id uuid NOT NULL,
  chat_id text NOT NULL,
  gap_id bigint,
  question text NOT NULL,
  answer_id uuid,
  answer text,
  told text,
  remark text,
  happened_at timestamptz DEFAULT now() NOT NULL,
  after text,
  CONSTRAINT proposal_sources_pkey PRIMARY KEY (proposal_id, kind, reference_id),
  CONSTRAINT proposal_sources_kind_check
    CHECK (kind IN ('gap', 'judgement', 'correction', 'takeover')),
  CONSTRAINT proposal_sources_proposal_id_fkey
    FOREIGN KEY (proposal_id) REFERENCES proposals (id) ON DELETE CASCADE,
  CONSTRAINT proposal_sources_user_id_fkey
    FOREIGN KEY (user_id) REFERENCES users (user_id) ON DELETE CASCADE,
  CONSTRAINT proposal_sources_gap_id_fkey
    FOREIGN KEY (gap_id) REFERENCES knowledge_gaps (id) ON DELETE SET NULL
);
CREATE INDEX idx_proposal_sources_user_id ON proposal_sources (user_id);
CREATE INDEX idx_proposal_sources_chat_id ON proposal_sources (chat_id);
CREATE INDEX idx_proposal_sources_gap_id ON proposal_sources (gap_id);
CREATE INDEX idx_proposal_sources_reference_id ON proposal_sources (reference_id);
COMMENT ON TABLE proposal_sources IS
  'The conversations behind proposals: one row a thing that happened.';
COMMENT ON COLUMN proposal_sources.proposal_id IS 'The proposal.';
COMMENT ON COLUMN proposal_sources.kind IS
  'gap: nothing told the answer; judgement: the answer was thought bad; correction: an '
  'operator put it right; takeover: a person answered.';
COMMENT ON COLUMN proposal_sources.reference_id IS
  'The answer that it is about; of a takeover the person''s.';
COMMENT ON COLUMN proposal_sources.user_id IS 'Who asked.';
COMMENT ON COLUMN proposal_sources.chat_id IS 'The chat, archived or not.';
COMMENT ON COLUMN proposal_sources.gap_id IS 'The gap that was met, if one was.';
COMMENT ON COLUMN proposal_sources.question IS
  'What was asked; empty: the chat is not kept, and the proposal is applied in its '
  'words.';
COMMENT ON COLUMN proposal_sources.answer_id IS
  'The bot''s answer, which a replay answers anew; NULL: it gave none.';
COMMENT ON COLUMN proposal_sources.answer IS 'What the bot said; NULL: nothing.';
COMMENT ON COLUMN proposal_sources.told IS
  'What a person of ours told instead, if one did.';
COMMENT ON COLUMN proposal_sources.remark IS
  'What was said of the answer: untrusted.';
COMMENT ON COLUMN proposal_sources.happened_at IS 'When.';
COMMENT ON COLUMN proposal_sources.after IS
  'What the last replay said instead, with the proposal; NULL: none was made.';

CREATE TABLE prompt_rules (
  id bigint GENERATED ALWAYS AS IDENTITY,
  text text NOT NULL,
  since timestamptz DEFAULT now() NOT NULL,
  until timestamptz,
  added_by uuid,
  proposal_id bigint,
  is_reworded boolean DEFAULT false NOT NULL,
  CONSTRAINT prompt_rules_pkey PRIMARY KEY (id),
  CONSTRAINT prompt_rules_until_check CHECK (until >= since),
  CONSTRAINT prompt_rules_added_by_fkey
    FOREIGN KEY (added_by) REFERENCES users (user_id) ON DELETE SET NULL,
  CONSTRAINT prompt_rules_proposal_id_fkey
    FOREIGN KEY (proposal_id) REFERENCES proposals (id) ON DELETE SET NULL
);
CREATE INDEX idx_prompt_rules_in_force ON prompt_rules (since) WHERE until IS NULL;
CREATE INDEX idx_prompt_rules_added_by ON prompt_rules (added_by);
CREATE INDEX idx_prompt_rules_proposal_id ON prompt_rules (proposal_id);
COMMENT ON TABLE prompt_rules IS
  'Rules for every prompt that operators applied, in force or ended.';
COMMENT ON COLUMN prompt_rules.id IS 'Its number.';
COMMENT ON COLUMN prompt_rules.text IS 'What the LLM is told, below SYSTEM_PROMPT.';
COMMENT ON COLUMN prompt_rules.since IS 'From when on it is in force.';
COMMENT ON COLUMN prompt_rules.until IS 'When it ended; NULL: it is in force.';
COMMENT ON COLUMN prompt_rules.added_by IS
  'The operator who applied it; NULL: by a command.';
COMMENT ON COLUMN prompt_rules.proposal_id IS
  'The proposal that it was, while that is there.';
COMMENT ON COLUMN prompt_rules.is_reworded IS
  'Whether an operator worded it: then it holds no words of a user''s.';

-- ANALYZE would keep samples of what people wrote.
ALTER TABLE proposals
  ALTER COLUMN terms SET STATISTICS 0,
  ALTER COLUMN title SET STATISTICS 0,
  ALTER COLUMN text SET STATISTICS 0,
  ALTER COLUMN replaced SET STATISTICS 0,
  ALTER COLUMN verdict SET STATISTICS 0;
ALTER TABLE proposal_sources
  ALTER COLUMN chat_id SET STATISTICS 0,
  ALTER COLUMN question SET STATISTICS 0,
  ALTER COLUMN answer SET STATISTICS 0,
  ALTER COLUMN told SET STATISTICS 0,
  ALTER COLUMN remark SET STATISTICS 0,
  ALTER COLUMN after SET STATISTICS 0;
ALTER TABLE prompt_rules ALTER COLUMN text SET STATISTICS 0;

-- A chat that moves into the archive is there by the end of the statement. What is
-- applied in a user's words keeps whose they are, and no more: or nobody would find it
-- once that user is erased.
CREATE FUNCTION forget_proposal_sources() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM userchats WHERE chat_id = OLD.chat_id)
    AND NOT EXISTS (SELECT FROM userchats_archive WHERE chat_id = OLD.chat_id)
  THEN
    DELETE FROM prompt_rules WHERE until IS NOT NULL AND NOT is_reworded
      AND proposal_id IN (
        SELECT proposal_id FROM proposal_sources WHERE chat_id = OLD.chat_id);
    UPDATE proposal_sources
    SET question = '', answer_id = NULL, answer = NULL, told = NULL, remark = NULL,
        after = NULL
    FROM proposals WHERE chat_id = OLD.chat_id AND proposals.id = proposal_id
      AND state = 'applied' AND NOT is_reworded;
    DELETE FROM proposal_sources WHERE chat_id = OLD.chat_id AND question <> '';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION forget_proposal_sources() IS
  'Trigger: what proposals know of a chat goes with it; whose words one is applied in '
  'stays known.';
CREATE TRIGGER userchats_proposals AFTER DELETE ON userchats
  FOR EACH ROW EXECUTE FUNCTION forget_proposal_sources();
COMMENT ON TRIGGER userchats_proposals ON userchats IS
  'What proposals know of a chat goes with it, unless it is archived.';
CREATE TRIGGER userchats_archive_proposals AFTER DELETE ON userchats_archive
  FOR EACH ROW EXECUTE FUNCTION forget_proposal_sources();
COMMENT ON TRIGGER userchats_archive_proposals ON userchats_archive IS
  'What proposals know of a chat goes with it.';

-- Words are told from the sources until something is applied: so nobody's are left in a
-- proposal once they are erased. A rule quotes what was said, five remarks at most:
-- within its marks, so that it stays a quotation.
CREATE VIEW proposal_overview AS
SELECT proposal.id AS proposal_id, proposal.kind, proposal.state,
       COALESCE(proposal.title, CASE
         WHEN proposal.kind = 'canned' THEN left(sources.told, 80)
         WHEN proposal.kind = 'rule' AND sources.remarks > 0 THEN left(said.remark, 80)
         ELSE sources.question END, '') AS title,
       COALESCE(proposal.text, CASE
         WHEN proposal.kind = 'rule' AND sources.remarks > 0 THEN
           'People thought badly of answers, and said of them: ' || said.quoted
             || '. Give them no reason to say so again.'
         WHEN proposal.kind = 'rule' THEN
           'Who asks “' || left(regexp_replace(sources.question, '[\s“”]+', ' ', 'g'), 200)
             || '” is told: ' || sources.told
         ELSE sources.told END, '') AS text,
       COALESCE(sources.times, 0) AS times, COALESCE(sources.people, 0) AS people,
       COALESCE(sources.gaps, 0) AS gaps, COALESCE(sources.judgements, 0) AS judgements,
       COALESCE(sources.corrections, 0) AS corrections,
       COALESCE(sources.takeovers, 0) AS takeovers, sources.first_at, sources.last_at,
       proposal.found_at, proposal.verdict, proposal.applied_at,
       COALESCE(operator.full_name, operator.email) AS applied_by,
       proposal.is_reworded, proposal.document_id,
       (SELECT id FROM prompt_rules WHERE proposal_id = proposal.id
          AND until IS NULL LIMIT 1) AS rule_id, proposal.canned_id
FROM proposals AS proposal
LEFT JOIN users AS operator ON operator.user_id = proposal.applied_by
LEFT JOIN (
  SELECT proposal_id, count(*) AS times, count(DISTINCT user_id) AS people,
         count(*) FILTER (WHERE kind = 'gap') AS gaps,
         count(*) FILTER (WHERE kind = 'judgement') AS judgements,
         count(*) FILTER (WHERE kind = 'correction') AS corrections,
         count(*) FILTER (WHERE kind = 'takeover') AS takeovers, count(remark) AS remarks,
         min(happened_at) AS first_at, max(happened_at) AS last_at,
         (array_agg(question ORDER BY happened_at DESC))[1] AS question,
         (array_agg(told ORDER BY happened_at DESC) FILTER (WHERE told <> ''))[1] AS told
  FROM proposal_sources GROUP BY proposal_id
) AS sources ON sources.proposal_id = proposal.id
LEFT JOIN LATERAL (
  SELECT string_agg('“' || remark || '”', ', ' ORDER BY last_at DESC) AS quoted,
         (array_agg(remark ORDER BY last_at DESC))[1] AS remark
  FROM (
    SELECT left(regexp_replace(remark, '[\s“”]+', ' ', 'g'), 200) AS remark,
           max(happened_at) AS last_at
    FROM proposal_sources WHERE proposal_id = proposal.id AND remark IS NOT NULL
    GROUP BY 1 ORDER BY 2 DESC LIMIT 5
  ) AS latest
) AS said ON proposal.kind = 'rule';
COMMENT ON VIEW proposal_overview IS
  'What operators may learn from what happened: one row a proposal, with what is behind '
  'it in numbers.';
COMMENT ON COLUMN proposal_overview.proposal_id IS
  'What `bot proposals` names it by.';
COMMENT ON COLUMN proposal_overview.kind IS
  'entry of knowledge, rule for the prompt, or canned reply.';
COMMENT ON COLUMN proposal_overview.state IS 'open, applied, undone, dismissed.';
COMMENT ON COLUMN proposal_overview.title IS
  'The question, or what it is called: untrusted.';
COMMENT ON COLUMN proposal_overview.text IS
  'What would be known, told to the LLM, or kept; empty: an operator is to say it.';
COMMENT ON COLUMN proposal_overview.times IS 'On how many things it stands.';
COMMENT ON COLUMN proposal_overview.people IS 'On how many users.';
COMMENT ON COLUMN proposal_overview.gaps IS 'How often nothing told the answer.';
COMMENT ON COLUMN proposal_overview.judgements IS
  'How often an answer was thought bad.';
COMMENT ON COLUMN proposal_overview.corrections IS
  'How often an operator put an answer right.';
COMMENT ON COLUMN proposal_overview.takeovers IS 'How often a person answered.';
COMMENT ON COLUMN proposal_overview.first_at IS 'When it happened first.';
COMMENT ON COLUMN proposal_overview.last_at IS 'When it happened last.';
COMMENT ON COLUMN proposal_overview.found_at IS 'When it was found first.';
COMMENT ON COLUMN proposal_overview.verdict IS 'What the last replay came to.';
COMMENT ON COLUMN proposal_overview.applied_at IS 'When it was applied last.';
COMMENT ON COLUMN proposal_overview.applied_by IS
  'The operator who did; NULL: by a command.';
COMMENT ON COLUMN proposal_overview.is_reworded IS
  'Whether an operator worded what was applied.';
COMMENT ON COLUMN proposal_overview.document_id IS
  'The document that it became, while that is there.';
COMMENT ON COLUMN proposal_overview.rule_id IS
  'The rule in force that it became.';
COMMENT ON COLUMN proposal_overview.canned_id IS
  'The canned reply that it became, while that is there.';

CREATE VIEW masked.proposal_overview AS
SELECT proposal_id, kind, state, title, text, times, people, gaps, judgements,
       corrections, takeovers, first_at, last_at, found_at, verdict, applied_at,
       masked.shorten_name(applied_by) AS applied_by, is_reworded, document_id, rule_id,
       canned_id
FROM public.proposal_overview;

DO $$
DECLARE
  told record;
BEGIN
  FOR told IN
    SELECT relname, attname, col_description(attrelid, attnum) AS comment,
           obj_description(attrelid, 'pg_class')
             || ' Addresses masked, names shortened.' AS whole
    FROM pg_attribute AS shown JOIN pg_class ON pg_class.oid = attrelid
    WHERE attnum > 0 AND attrelid = 'public.proposal_overview'::regclass
  LOOP
    EXECUTE format('COMMENT ON VIEW masked.%I IS %L', told.relname, told.whole);
    EXECUTE format('COMMENT ON COLUMN masked.%I.%I IS %L',
                   told.relname, told.attname, told.comment);
  END LOOP;
END $$;
