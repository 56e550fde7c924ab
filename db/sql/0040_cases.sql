-- Cases, evaluations of them, baselines, and the views that people read them by.

CREATE TABLE cases (
  id bigint GENERATED ALWAYS AS IDENTITY,
  made_from text NOT NULL,
  reference_id uuid,
  user_id uuid,
  chat_id text,
  question text NOT NULL,
  turns jsonb NOT NULL,
  said text,
  expects jsonb NOT NULL,
  state text DEFAULT 'kept' NOT NULL,
  note text,
  created_by uuid,
  created_at timestamptz DEFAULT now() NOT NULL,
  CONSTRAINT cases_pkey PRIMARY KEY (id),
  CONSTRAINT cases_made_from_check
    CHECK (made_from IN ('thumb', 'correction', 'takeover', 'gap', 'hand')),
  CONSTRAINT cases_state_check CHECK (state IN ('kept', 'dismissed')),
  CONSTRAINT cases_user_id_fkey
    FOREIGN KEY (user_id) REFERENCES users (user_id) ON DELETE CASCADE,
  CONSTRAINT cases_created_by_fkey
    FOREIGN KEY (created_by) REFERENCES users (user_id) ON DELETE SET NULL
);
CREATE UNIQUE INDEX cases_once
    ON cases (made_from, reference_id) WHERE made_from <> 'hand'::text;
CREATE INDEX idx_cases_chat_id ON cases (chat_id);
CREATE INDEX idx_cases_created_at ON cases (created_at);
CREATE INDEX idx_cases_created_by ON cases (created_by);
CREATE INDEX idx_cases_user_id ON cases (user_id);
COMMENT ON TABLE cases IS
  'Judged situations: what was said, and what the answer must have.';
COMMENT ON COLUMN cases.id IS 'Its number, as commands name it.';
COMMENT ON COLUMN cases.made_from IS
  'thumb, correction, takeover, gap, hand: what it came from.';
COMMENT ON COLUMN cases.reference_id IS
  'The reply that it came from: the bot''s, of a takeover the person''s; NULL: none.';
COMMENT ON COLUMN cases.user_id IS 'Whose conversation it is; NULL: nobody''s.';
COMMENT ON COLUMN cases.chat_id IS 'The chat, archived or not; NULL: none.';
COMMENT ON COLUMN cases.question IS 'The messages that are to be answered.';
COMMENT ON COLUMN cases.turns IS
  'What was said until then, as in userchats.messages; what no turn settles is to '
  'be answered.';
COMMENT ON COLUMN cases.said IS 'What the bot answered then; NULL: nothing.';
COMMENT ON COLUMN cases.expects IS
  'What the answer must have, by the names that files of cases use.';
COMMENT ON COLUMN cases.state IS
  'kept, or dismissed: it is not judged, and not collected again.';
COMMENT ON COLUMN cases.note IS 'Why it is here, in words of the business''s.';
COMMENT ON COLUMN cases.created_by IS
  'The operator whose doing it came from; NULL: the user''s, or a command''s.';
COMMENT ON COLUMN cases.created_at IS 'When.';

CREATE TABLE evaluations (
  id bigint GENERATED ALWAYS AS IDENTITY,
  state text DEFAULT 'running' NOT NULL,
  prompt_hash text,
  model text NOT NULL,
  judge_model text,
  knowledge text NOT NULL,
  cases integer NOT NULL,
  passed integer DEFAULT 0 NOT NULL,
  failed integer DEFAULT 0 NOT NULL,
  spent numeric(20, 6),
  started_at timestamptz DEFAULT now() NOT NULL,
  ended_at timestamptz,
  CONSTRAINT evaluations_pkey PRIMARY KEY (id),
  CONSTRAINT evaluations_state_check
    CHECK (state IN ('running', 'done', 'stopped', 'failed')),
  CONSTRAINT evaluations_knowledge_check CHECK (knowledge IN ('now', 'then'))
);
CREATE INDEX idx_evaluations_started_at ON evaluations (started_at);
COMMENT ON TABLE evaluations IS 'Every time that cases were judged.';
COMMENT ON COLUMN evaluations.id IS 'Its number, as commands name it.';
COMMENT ON COLUMN evaluations.state IS
  'running, done, stopped, failed: stopped is by the operator, or by what it may cost.';
COMMENT ON COLUMN evaluations.prompt_hash IS
  'The prompt that was tried: the first 16 digits of its SHA-256; NULL: the one '
  'that is set.';
COMMENT ON COLUMN evaluations.model IS 'The LLM that was judged.';
COMMENT ON COLUMN evaluations.judge_model IS 'The LLM that judged words; NULL: none.';
COMMENT ON COLUMN evaluations.knowledge IS 'now, or then: what it answered from.';
COMMENT ON COLUMN evaluations.cases IS 'How many were to be judged.';
COMMENT ON COLUMN evaluations.passed IS 'How many passed.';
COMMENT ON COLUMN evaluations.failed IS 'How many did not.';
COMMENT ON COLUMN evaluations.spent IS
  'What it cost, in the currency of PRICES; NULL: not known.';
COMMENT ON COLUMN evaluations.started_at IS 'When it began.';
COMMENT ON COLUMN evaluations.ended_at IS 'When it ended; NULL: it has not.';

CREATE TABLE evaluation_results (
  evaluation_id bigint NOT NULL,
  position integer NOT NULL,
  case_id bigint,
  name text,
  user_id uuid,
  question text NOT NULL,
  passed boolean NOT NULL,
  score numeric(5, 4) NOT NULL,
  checks jsonb NOT NULL,
  said text,
  error text,
  cost numeric(20, 6),
  seconds numeric(10, 3) NOT NULL,
  judged_at timestamptz DEFAULT now() NOT NULL,
  CONSTRAINT evaluation_results_pkey PRIMARY KEY (evaluation_id, position),
  CONSTRAINT evaluation_results_case_check CHECK ((case_id IS NULL) <> (name IS NULL)),
  CONSTRAINT evaluation_results_evaluation_id_fkey
    FOREIGN KEY (evaluation_id) REFERENCES evaluations (id) ON DELETE CASCADE,
  CONSTRAINT evaluation_results_case_id_fkey
    FOREIGN KEY (case_id) REFERENCES cases (id) ON DELETE CASCADE,
  CONSTRAINT evaluation_results_user_id_fkey
    FOREIGN KEY (user_id) REFERENCES users (user_id) ON DELETE CASCADE
);
CREATE INDEX idx_evaluation_results_case_id ON evaluation_results (case_id);
CREATE INDEX idx_evaluation_results_user_id ON evaluation_results (user_id);
COMMENT ON TABLE evaluation_results IS 'What became of one case in one evaluation.';
COMMENT ON COLUMN evaluation_results.evaluation_id IS 'The evaluation.';
COMMENT ON COLUMN evaluation_results.position IS
  'Its place among the evaluation''s cases, from 1.';
COMMENT ON COLUMN evaluation_results.case_id IS 'The case; NULL: it stands in a file.';
COMMENT ON COLUMN evaluation_results.name IS
  'What a case in a file is called; NULL: case_id.';
COMMENT ON COLUMN evaluation_results.user_id IS
  'Whose conversation the case is; NULL: nobody''s.';
COMMENT ON COLUMN evaluation_results.question IS 'What was asked.';
COMMENT ON COLUMN evaluation_results.passed IS 'Whether every check passed.';
COMMENT ON COLUMN evaluation_results.score IS 'How much of its checks passed: 0 to 1.';
COMMENT ON COLUMN evaluation_results.checks IS
  'Each check: kind, passed, score, reason.';
COMMENT ON COLUMN evaluation_results.said IS 'What the bot would say; NULL: nothing.';
COMMENT ON COLUMN evaluation_results.error IS
  'Why there is no answer, if there is none.';
COMMENT ON COLUMN evaluation_results.cost IS 'What it cost; NULL: not known.';
COMMENT ON COLUMN evaluation_results.seconds IS 'How long the LLM took.';
COMMENT ON COLUMN evaluation_results.judged_at IS 'When.';

CREATE TABLE baselines (
  name text NOT NULL,
  evaluation_id bigint NOT NULL,
  saved_at timestamptz DEFAULT now() NOT NULL,
  CONSTRAINT baselines_pkey PRIMARY KEY (name),
  CONSTRAINT baselines_evaluation_id_fkey
    FOREIGN KEY (evaluation_id) REFERENCES evaluations (id) ON DELETE CASCADE
);
CREATE INDEX idx_baselines_evaluation_id ON baselines (evaluation_id);
COMMENT ON TABLE baselines IS 'Scores that later evaluations are compared with.';
COMMENT ON COLUMN baselines.name IS 'What it is called.';
COMMENT ON COLUMN baselines.evaluation_id IS
  'The evaluation whose scores are to be beaten.';
COMMENT ON COLUMN baselines.saved_at IS 'When it was saved, or saved anew.';

-- ANALYZE would keep samples of what people wrote.
ALTER TABLE cases
  ALTER COLUMN chat_id SET STATISTICS 0,
  ALTER COLUMN question SET STATISTICS 0,
  ALTER COLUMN turns SET STATISTICS 0,
  ALTER COLUMN said SET STATISTICS 0,
  ALTER COLUMN expects SET STATISTICS 0,
  ALTER COLUMN note SET STATISTICS 0;
ALTER TABLE evaluations
  ALTER COLUMN prompt_hash SET STATISTICS 0,
  ALTER COLUMN model SET STATISTICS 0,
  ALTER COLUMN judge_model SET STATISTICS 0;
ALTER TABLE evaluation_results
  ALTER COLUMN name SET STATISTICS 0,
  ALTER COLUMN question SET STATISTICS 0,
  ALTER COLUMN checks SET STATISTICS 0,
  ALTER COLUMN said SET STATISTICS 0,
  ALTER COLUMN error SET STATISTICS 0;
ALTER TABLE baselines
  ALTER COLUMN name SET STATISTICS 0;

-- They go with their chat, as what answers stood on does.
CREATE FUNCTION forget_cases() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM userchats WHERE chat_id = OLD.chat_id)
    AND NOT EXISTS (SELECT FROM userchats_archive WHERE chat_id = OLD.chat_id)
  THEN
    DELETE FROM cases WHERE chat_id = OLD.chat_id;
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION forget_cases() IS
  'Trigger: cases that were made from a chat go with it.';
CREATE TRIGGER userchats_cases AFTER DELETE ON userchats
  FOR EACH ROW EXECUTE FUNCTION forget_cases();
COMMENT ON TRIGGER userchats_cases ON userchats IS
  'Cases that were made from a chat go with it, unless it is archived.';
CREATE TRIGGER userchats_archive_cases AFTER DELETE ON userchats_archive
  FOR EACH ROW EXECUTE FUNCTION forget_cases();
COMMENT ON TRIGGER userchats_archive_cases ON userchats_archive IS
  'Cases that were made from a chat go with it.';

CREATE VIEW case_overview AS
SELECT kept.id AS case_id, kept.made_from, kept.state, kept.user_id AS customer_id,
       users.phone_number, users.full_name, kept.question, kept.said, kept.expects,
       kept.note, kept.created_at, latest.passed AS last_passed,
       latest.score AS last_score, latest.judged_at AS last_judged_at, kept.chat_id,
       kept.reference_id
FROM cases AS kept
LEFT JOIN users ON users.user_id = kept.user_id
LEFT JOIN LATERAL (
  SELECT passed, score, judged_at FROM evaluation_results AS result
  WHERE result.case_id = kept.id ORDER BY evaluation_id DESC LIMIT 1
) AS latest ON true;
COMMENT ON VIEW case_overview IS 'One row a case, with how it was judged last.';
COMMENT ON COLUMN case_overview.case_id IS 'Its number, as commands name it.';
COMMENT ON COLUMN case_overview.made_from IS 'What it came from.';
COMMENT ON COLUMN case_overview.state IS 'kept, or dismissed.';
COMMENT ON COLUMN case_overview.customer_id IS
  'Whose conversation it is; NULL: nobody''s.';
COMMENT ON COLUMN case_overview.phone_number IS 'That user''s WhatsApp address.';
COMMENT ON COLUMN case_overview.full_name IS
  'The name the user told us, or chose in WhatsApp: untrusted.';
COMMENT ON COLUMN case_overview.question IS 'The messages that are to be answered.';
COMMENT ON COLUMN case_overview.said IS 'What the bot answered then.';
COMMENT ON COLUMN case_overview.expects IS 'What the answer must have.';
COMMENT ON COLUMN case_overview.note IS 'Why it is here.';
COMMENT ON COLUMN case_overview.created_at IS 'When it was made.';
COMMENT ON COLUMN case_overview.last_passed IS
  'Whether it passed when it was judged last; NULL: it never was.';
COMMENT ON COLUMN case_overview.last_score IS 'How much of its checks passed then.';
COMMENT ON COLUMN case_overview.last_judged_at IS 'When that was.';
COMMENT ON COLUMN case_overview.chat_id IS 'The chat, archived or not.';
COMMENT ON COLUMN case_overview.reference_id IS 'The reply that it came from.';

CREATE VIEW evaluation_overview AS
SELECT run.id AS evaluation_id, run.state, run.model, run.judge_model, run.knowledge,
       run.prompt_hash, run.cases, run.passed, run.failed, run.spent, named.baselines,
       run.started_at, run.ended_at
FROM evaluations AS run
LEFT JOIN LATERAL (
  SELECT string_agg(name, ', ' ORDER BY name) AS baselines FROM baselines
  WHERE baselines.evaluation_id = run.id
) AS named ON true;
COMMENT ON VIEW evaluation_overview IS
  'One row an evaluation, with the baselines that it is.';
COMMENT ON COLUMN evaluation_overview.evaluation_id IS
  'Its number, as commands name it.';
COMMENT ON COLUMN evaluation_overview.state IS 'running, done, stopped or failed.';
COMMENT ON COLUMN evaluation_overview.model IS 'The LLM that was judged.';
COMMENT ON COLUMN evaluation_overview.judge_model IS 'The LLM that judged words.';
COMMENT ON COLUMN evaluation_overview.knowledge IS 'What it answered from.';
COMMENT ON COLUMN evaluation_overview.prompt_hash IS
  'The prompt that was tried; NULL: the one that is set.';
COMMENT ON COLUMN evaluation_overview.cases IS 'How many cases were to be judged.';
COMMENT ON COLUMN evaluation_overview.passed IS 'How many passed.';
COMMENT ON COLUMN evaluation_overview.failed IS 'How many did not.';
COMMENT ON COLUMN evaluation_overview.spent IS 'What it cost.';
COMMENT ON COLUMN evaluation_overview.baselines IS
  'What it is called as a baseline; NULL: it is none.';
COMMENT ON COLUMN evaluation_overview.started_at IS 'When it began.';
COMMENT ON COLUMN evaluation_overview.ended_at IS 'When it ended.';

CREATE VIEW evaluated_cases AS
SELECT result.evaluation_id, result.position, result.case_id, result.name,
       result.user_id AS customer_id, users.phone_number, users.full_name,
       result.passed, result.score, missed.failed_checks, result.question, result.said,
       result.error, result.checks, result.cost, result.seconds, result.judged_at
FROM evaluation_results AS result
LEFT JOIN users ON users.user_id = result.user_id
LEFT JOIN LATERAL (
  SELECT string_agg(DISTINCT one ->> 'kind', ', ') AS failed_checks
  FROM jsonb_array_elements(result.checks) AS one
  WHERE one ->> 'passed' = 'false'
) AS missed ON true;
COMMENT ON VIEW evaluated_cases IS
  'One row a case of an evaluation: what would be said, and what it lacks.';
COMMENT ON COLUMN evaluated_cases.evaluation_id IS 'The evaluation.';
COMMENT ON COLUMN evaluated_cases.position IS 'Its place among the cases, from 1.';
COMMENT ON COLUMN evaluated_cases.case_id IS 'The case; NULL: it stands in a file.';
COMMENT ON COLUMN evaluated_cases.name IS 'What a case in a file is called.';
COMMENT ON COLUMN evaluated_cases.customer_id IS
  'Whose conversation the case is; NULL: nobody''s.';
COMMENT ON COLUMN evaluated_cases.phone_number IS 'That user''s WhatsApp address.';
COMMENT ON COLUMN evaluated_cases.full_name IS
  'The name the user told us, or chose in WhatsApp: untrusted.';
COMMENT ON COLUMN evaluated_cases.passed IS 'Whether every check passed.';
COMMENT ON COLUMN evaluated_cases.score IS 'How much of its checks passed: 0 to 1.';
COMMENT ON COLUMN evaluated_cases.failed_checks IS 'The kinds of those that did not.';
COMMENT ON COLUMN evaluated_cases.question IS 'What was asked.';
COMMENT ON COLUMN evaluated_cases.said IS 'What the bot would say.';
COMMENT ON COLUMN evaluated_cases.error IS 'Why there is no answer.';
COMMENT ON COLUMN evaluated_cases.checks IS 'Each check with its reason.';
COMMENT ON COLUMN evaluated_cases.cost IS 'What it cost.';
COMMENT ON COLUMN evaluated_cases.seconds IS 'How long the LLM took.';
COMMENT ON COLUMN evaluated_cases.judged_at IS 'When.';

CREATE VIEW masked.case_overview AS
SELECT case_id, made_from, state, customer_id,
       masked.mask_address(phone_number) AS phone_number,
       masked.shorten_name(full_name) AS full_name, question, said, expects, note,
       created_at, last_passed, last_score, last_judged_at, chat_id, reference_id
FROM public.case_overview;
CREATE VIEW masked.evaluation_overview AS
SELECT evaluation_id, state, model, judge_model, knowledge, prompt_hash, cases, passed,
       failed, spent, baselines, started_at, ended_at
FROM public.evaluation_overview;
CREATE VIEW masked.evaluated_cases AS
SELECT evaluation_id, position, case_id, name, customer_id,
       masked.mask_address(phone_number) AS phone_number,
       masked.shorten_name(full_name) AS full_name, passed, score, failed_checks,
       question, said, error, checks, cost, seconds, judged_at
FROM public.evaluated_cases;

DO $$
DECLARE
  told record;
BEGIN
  FOR told IN
    SELECT relname, attname, col_description(attrelid, attnum) AS comment,
           obj_description(attrelid, 'pg_class')
             || ' Addresses masked, names shortened.' AS whole
    FROM pg_attribute AS shown JOIN pg_class ON pg_class.oid = attrelid
    WHERE attnum > 0 AND attrelid IN (
      'public.case_overview'::regclass, 'public.evaluation_overview'::regclass,
      'public.evaluated_cases'::regclass)
  LOOP
    EXECUTE format('COMMENT ON VIEW masked.%I IS %L', told.relname, told.whole);
    EXECUTE format('COMMENT ON COLUMN masked.%I.%I IS %L',
                   told.relname, told.attname, told.comment);
  END LOOP;
END $$;
