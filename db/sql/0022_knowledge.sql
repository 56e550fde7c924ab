-- Documents, their chunks, products, gaps, and what answers stood on.

CREATE TABLE documents (
  id bigint GENERATED ALWAYS AS IDENTITY,
  title text NOT NULL,
  description text,
  file_path text,
  url text,
  file_type text NOT NULL,
  file_size bigint,
  sha256 text,
  language text,
  is_processed boolean DEFAULT false NOT NULL,
  told jsonb DEFAULT '{}'::jsonb NOT NULL,
  error text,
  is_demo boolean DEFAULT false NOT NULL,
  user_id uuid,
  created_at timestamptz DEFAULT now() NOT NULL,
  updated_at timestamptz DEFAULT now() NOT NULL,
  CONSTRAINT documents_pkey PRIMARY KEY (id),
  CONSTRAINT documents_user_id_fkey
    FOREIGN KEY (user_id) REFERENCES users (user_id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX idx_documents_file_path ON documents (file_path, user_id)
  NULLS NOT DISTINCT WHERE file_path IS NOT NULL;
CREATE INDEX idx_documents_is_processed ON documents (is_processed);
CREATE UNIQUE INDEX idx_documents_url ON documents (url, user_id)
  NULLS NOT DISTINCT WHERE url IS NOT NULL;
CREATE INDEX idx_documents_user_id ON documents (user_id);
COMMENT ON TABLE documents IS
  'What the bot answers from: one row a file, page, catalogue or answer.';
COMMENT ON COLUMN documents.id IS 'What chunks and answers name it by.';
COMMENT ON COLUMN documents.title IS 'What a source is called.';
COMMENT ON COLUMN documents.description IS 'A word on it, for people.';
COMMENT ON COLUMN documents.file_path IS
  'Where the file was when it was added; of one that came over WhatsApp its name '
  'there.';
COMMENT ON COLUMN documents.url IS 'The page that it was fetched from, if it was.';
COMMENT ON COLUMN documents.file_type IS
  'pdf, docx, xlsx, csv, html, markdown, text; products of a catalogue; answer of '
  'one that a person wrote to a gap.';
COMMENT ON COLUMN documents.file_size IS 'In bytes.';
COMMENT ON COLUMN documents.sha256 IS
  'Of the version that is served, in hexadecimal; NULL: none is yet.';
COMMENT ON COLUMN documents.language IS
  'ISO 639-1 code of what it is written in, as far as it is known.';
COMMENT ON COLUMN documents.is_processed IS
  'False: a version of it waits to be taken in; the one before it serves until '
  'then.';
COMMENT ON COLUMN documents.told IS
  'What was said of it when it was added, which wins over what it says itself: '
  'title, language, content_type.';
COMMENT ON COLUMN documents.error IS
  'Why the last version could not be taken in, if so.';
COMMENT ON COLUMN documents.is_demo IS
  'Of the demo business: goes with the first document of one''s own.';
COMMENT ON COLUMN documents.user_id IS 'Whose it is alone; NULL: everybody''s.';
COMMENT ON COLUMN documents.created_at IS 'When it was added.';
COMMENT ON COLUMN documents.updated_at IS 'Last change of this row (set by a trigger).';

CREATE TABLE document_uploads (
  document_id bigint NOT NULL,
  sha256 text NOT NULL,
  content bytea NOT NULL,
  uploaded_at timestamptz DEFAULT now() NOT NULL,
  CONSTRAINT document_uploads_pkey PRIMARY KEY (document_id),
  CONSTRAINT document_uploads_document_id_fkey
    FOREIGN KEY (document_id) REFERENCES documents (id) ON DELETE CASCADE
);
COMMENT ON TABLE document_uploads IS
  'Versions of documents that wait to be taken in; each goes once it was.';
COMMENT ON COLUMN document_uploads.document_id IS 'The document.';
COMMENT ON COLUMN document_uploads.sha256 IS 'Of the content, in hexadecimal.';
COMMENT ON COLUMN document_uploads.content IS 'The file''s bytes.';
COMMENT ON COLUMN document_uploads.uploaded_at IS 'When it came.';

CREATE TABLE document_chunks (
  id bigint GENERATED ALWAYS AS IDENTITY,
  document_id bigint NOT NULL,
  chunk_index integer NOT NULL,
  chunk_text text NOT NULL,
  heading text,
  page integer,
  embedding_id text,
  metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
  created_at timestamptz DEFAULT now() NOT NULL,
  CONSTRAINT document_chunks_pkey PRIMARY KEY (id),
  CONSTRAINT document_chunks_chunk_index_key UNIQUE (document_id, chunk_index),
  CONSTRAINT document_chunks_metadata_check CHECK (jsonb_typeof(metadata) = 'object'),
  CONSTRAINT document_chunks_document_id_fkey
    FOREIGN KEY (document_id) REFERENCES documents (id) ON DELETE CASCADE
);
CREATE INDEX idx_chunks_document_id ON document_chunks (document_id);
CREATE INDEX idx_chunks_embedding_id ON document_chunks (embedding_id);
CREATE INDEX idx_chunks_metadata ON document_chunks USING gin (metadata);
COMMENT ON TABLE document_chunks IS
  'Pieces of documents, each to be understood alone: what is searched, and given '
  'to the LLM.';
COMMENT ON COLUMN document_chunks.id IS
  'What an answer''s passages name it by; never given twice.';
COMMENT ON COLUMN document_chunks.document_id IS 'The document.';
COMMENT ON COLUMN document_chunks.chunk_index IS '0 for the first.';
COMMENT ON COLUMN document_chunks.chunk_text IS 'What it says.';
COMMENT ON COLUMN document_chunks.heading IS
  'The headings above it, from the outermost: Terms > Returns.';
COMMENT ON COLUMN document_chunks.page IS 'The page it begins on, from 1; of a PDF.';
COMMENT ON COLUMN document_chunks.embedding_id IS
  'The model that made its vector; NULL: it has none yet.';
COMMENT ON COLUMN document_chunks.metadata IS
  'Whatever else is known of it, such as the sku of a product.';
COMMENT ON COLUMN document_chunks.created_at IS 'When it was taken in.';

CREATE TABLE products (
  id bigint GENERATED ALWAYS AS IDENTITY,
  sku text NOT NULL,
  name text NOT NULL,
  description text,
  price numeric,
  currency text,
  url text,
  image_url text,
  in_stock boolean,
  attributes jsonb DEFAULT '{}'::jsonb NOT NULL,
  document_id bigint NOT NULL,
  chunk_id bigint,
  created_at timestamptz DEFAULT now() NOT NULL,
  updated_at timestamptz DEFAULT now() NOT NULL,
  CONSTRAINT products_pkey PRIMARY KEY (id),
  CONSTRAINT products_sku_key UNIQUE (sku),
  CONSTRAINT products_price_check CHECK (price >= 0),
  CONSTRAINT products_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
  CONSTRAINT products_attributes_check CHECK (jsonb_typeof(attributes) = 'object'),
  CONSTRAINT products_document_id_fkey
    FOREIGN KEY (document_id) REFERENCES documents (id) ON DELETE CASCADE,
  CONSTRAINT products_chunk_id_fkey
    FOREIGN KEY (chunk_id) REFERENCES document_chunks (id) ON DELETE SET NULL
);
CREATE INDEX idx_products_chunk_id ON products (chunk_id);
CREATE INDEX idx_products_document_id ON products (document_id);
CREATE INDEX idx_products_price ON products (price);
COMMENT ON TABLE products IS 'What the business sells, with prices as numbers.';
COMMENT ON COLUMN products.id IS 'The product.';
COMMENT ON COLUMN products.sku IS 'The business''s own id of it.';
COMMENT ON COLUMN products.name IS 'What it is called.';
COMMENT ON COLUMN products.description IS 'What is said of it.';
COMMENT ON COLUMN products.price IS 'In whole units of the currency, exactly.';
COMMENT ON COLUMN products.currency IS 'ISO 4217, such as EUR.';
COMMENT ON COLUMN products.url IS 'Its page, for people.';
COMMENT ON COLUMN products.image_url IS 'Its picture, which Twilio loads.';
COMMENT ON COLUMN products.in_stock IS 'NULL: not told.';
COMMENT ON COLUMN products.attributes IS
  'What else its list told, by the list''s own names.';
COMMENT ON COLUMN products.document_id IS 'The document.';
COMMENT ON COLUMN products.chunk_id IS 'What it is found by.';
COMMENT ON COLUMN products.created_at IS 'When it was first imported.';
COMMENT ON COLUMN products.updated_at IS 'Last change of this row (set by a trigger).';

CREATE TABLE knowledge_gaps (
  id bigint GENERATED ALWAYS AS IDENTITY,
  terms text NOT NULL,
  answered_by bigint,
  created_at timestamptz DEFAULT now() NOT NULL,
  CONSTRAINT knowledge_gaps_pkey PRIMARY KEY (id),
  CONSTRAINT knowledge_gaps_terms_key UNIQUE (terms),
  CONSTRAINT knowledge_gaps_answered_by_fkey
    FOREIGN KEY (answered_by) REFERENCES documents (id) ON DELETE SET NULL
);
CREATE INDEX idx_gaps_answered_by ON knowledge_gaps (answered_by);
COMMENT ON TABLE knowledge_gaps IS
  'What people asked and the business''s knowledge does not tell, each with its '
  'like.';
COMMENT ON COLUMN knowledge_gaps.id IS 'The gap.';
COMMENT ON COLUMN knowledge_gaps.terms IS
  'What its questions share: stems, sorted; the key of their group.';
COMMENT ON COLUMN knowledge_gaps.answered_by IS
  'The document that closed it, if one did.';
COMMENT ON COLUMN knowledge_gaps.created_at IS 'First asked.';

CREATE TABLE gap_questions (
  reference_id uuid NOT NULL,
  gap_id bigint NOT NULL,
  user_id uuid NOT NULL,
  chat_id text NOT NULL,
  question text NOT NULL,
  asked_at timestamptz DEFAULT now() NOT NULL,
  CONSTRAINT gap_questions_pkey PRIMARY KEY (reference_id),
  CONSTRAINT gap_questions_gap_id_fkey
    FOREIGN KEY (gap_id) REFERENCES knowledge_gaps (id) ON DELETE CASCADE,
  CONSTRAINT gap_questions_user_id_fkey
    FOREIGN KEY (user_id) REFERENCES users (user_id) ON DELETE CASCADE
);
CREATE INDEX idx_gap_questions_chat_id ON gap_questions (chat_id);
CREATE INDEX idx_gap_questions_gap_id ON gap_questions (gap_id);
CREATE INDEX idx_gap_questions_user_id ON gap_questions (user_id);
COMMENT ON TABLE gap_questions IS 'Every time that a question met a gap.';
COMMENT ON COLUMN gap_questions.reference_id IS
  'The reply that said so: of its element in userchats.messages.';
COMMENT ON COLUMN gap_questions.gap_id IS 'Its group.';
COMMENT ON COLUMN gap_questions.user_id IS 'Who asked.';
COMMENT ON COLUMN gap_questions.chat_id IS 'The chat, archived or not.';
COMMENT ON COLUMN gap_questions.question IS 'As it was asked.';
COMMENT ON COLUMN gap_questions.asked_at IS 'When.';

CREATE TABLE answer_passages (
  reference_id uuid NOT NULL,
  position integer NOT NULL,
  user_id uuid NOT NULL,
  chat_id text NOT NULL,
  chunk_id bigint NOT NULL,
  document_id bigint NOT NULL,
  title text NOT NULL,
  heading text,
  page integer,
  sha256 text,
  score numeric,
  is_cited boolean NOT NULL,
  passage text,
  answered_at timestamptz DEFAULT now() NOT NULL,
  CONSTRAINT answer_passages_pkey PRIMARY KEY (reference_id, position),
  CONSTRAINT answer_passages_user_id_fkey
    FOREIGN KEY (user_id) REFERENCES users (user_id) ON DELETE CASCADE
);
CREATE INDEX idx_answer_passages_answered_at ON answer_passages (answered_at);
CREATE INDEX idx_answer_passages_chat_id ON answer_passages (chat_id);
CREATE INDEX idx_answer_passages_user_id ON answer_passages (user_id);
COMMENT ON TABLE answer_passages IS 'What answers stood on, as it was then.';
COMMENT ON COLUMN answer_passages.reference_id IS
  'The reply: reference_id of its element in userchats.messages.';
COMMENT ON COLUMN answer_passages.position IS
  'The number that the LLM knew it by, from 1.';
COMMENT ON COLUMN answer_passages.user_id IS 'Who was answered.';
COMMENT ON COLUMN answer_passages.chat_id IS 'The chat, archived or not.';
COMMENT ON COLUMN answer_passages.chunk_id IS 'The chunk, which may be gone by now.';
COMMENT ON COLUMN answer_passages.document_id IS
  'Its document, which may be gone by now.';
COMMENT ON COLUMN answer_passages.title IS 'What the document was called.';
COMMENT ON COLUMN answer_passages.heading IS 'As in document_chunks.';
COMMENT ON COLUMN answer_passages.page IS 'As in document_chunks.';
COMMENT ON COLUMN answer_passages.sha256 IS 'Of the document''s version at that time.';
COMMENT ON COLUMN answer_passages.score IS 'How well it fitted: 0 to 1.';
COMMENT ON COLUMN answer_passages.is_cited IS
  'Whether the answer names it as its source.';
COMMENT ON COLUMN answer_passages.passage IS 'What it said, if the answer names it.';
COMMENT ON COLUMN answer_passages.answered_at IS 'When the reply was stored.';

CREATE TRIGGER documents_updated_at BEFORE UPDATE ON documents
  FOR EACH ROW EXECUTE FUNCTION set_updated_at();
COMMENT ON TRIGGER documents_updated_at ON documents IS 'Keeps updated_at.';
CREATE TRIGGER products_updated_at BEFORE UPDATE ON products
  FOR EACH ROW EXECUTE FUNCTION set_updated_at();
COMMENT ON TRIGGER products_updated_at ON products IS 'Keeps updated_at.';

-- A chat that moves into the archive is there by the end of the statement.
CREATE FUNCTION forget_sources() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM userchats WHERE chat_id = OLD.chat_id)
    AND NOT EXISTS (SELECT FROM userchats_archive WHERE chat_id = OLD.chat_id)
  THEN
    DELETE FROM answer_passages WHERE chat_id = OLD.chat_id;
    DELETE FROM gap_questions WHERE chat_id = OLD.chat_id;
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION forget_sources() IS
  'Trigger: what the answers of a chat stood on and lacked goes with it.';

CREATE TRIGGER userchats_sources AFTER DELETE ON userchats
  FOR EACH ROW EXECUTE FUNCTION forget_sources();
COMMENT ON TRIGGER userchats_sources ON userchats IS
  'What its answers stood on and lacked goes with a chat, unless it is archived.';
CREATE TRIGGER userchats_archive_sources AFTER DELETE ON userchats_archive
  FOR EACH ROW EXECUTE FUNCTION forget_sources();
COMMENT ON TRIGGER userchats_archive_sources ON userchats_archive IS
  'What its answers stood on and lacked goes with a chat.';

-- What people wrote or are known by: ANALYZE keeps no samples of it.
ALTER TABLE answer_passages
  ALTER COLUMN title SET STATISTICS 0,
  ALTER COLUMN heading SET STATISTICS 0,
  ALTER COLUMN sha256 SET STATISTICS 0,
  ALTER COLUMN passage SET STATISTICS 0;
ALTER TABLE document_chunks
  ALTER COLUMN chunk_text SET STATISTICS 0,
  ALTER COLUMN heading SET STATISTICS 0,
  ALTER COLUMN metadata SET STATISTICS 0;
ALTER TABLE document_uploads
  ALTER COLUMN sha256 SET STATISTICS 0,
  ALTER COLUMN content SET STATISTICS 0;
ALTER TABLE documents
  ALTER COLUMN title SET STATISTICS 0,
  ALTER COLUMN description SET STATISTICS 0,
  ALTER COLUMN file_path SET STATISTICS 0,
  ALTER COLUMN url SET STATISTICS 0,
  ALTER COLUMN sha256 SET STATISTICS 0,
  ALTER COLUMN told SET STATISTICS 0,
  ALTER COLUMN error SET STATISTICS 0;
ALTER TABLE gap_questions
  ALTER COLUMN question SET STATISTICS 0;
ALTER TABLE knowledge_gaps
  ALTER COLUMN terms SET STATISTICS 0;
ALTER TABLE products
  ALTER COLUMN sku SET STATISTICS 0,
  ALTER COLUMN name SET STATISTICS 0,
  ALTER COLUMN description SET STATISTICS 0,
  ALTER COLUMN url SET STATISTICS 0,
  ALTER COLUMN image_url SET STATISTICS 0,
  ALTER COLUMN attributes SET STATISTICS 0;
