-- What chunks are found by: their terms, as BM25 counts them.

CREATE TABLE document_lengths (
  document_id bigint NOT NULL,
  language text NOT NULL,
  dictionary text NOT NULL,
  chunks integer NOT NULL,
  words integer NOT NULL,
  CONSTRAINT document_lengths_pkey PRIMARY KEY (document_id),
  CONSTRAINT document_lengths_document_id_fkey
    FOREIGN KEY (document_id) REFERENCES documents (id) ON DELETE CASCADE
);
COMMENT ON TABLE document_lengths IS
  'How much each document says, in which language: what BM25 compares chunks with.';
COMMENT ON COLUMN document_lengths.document_id IS 'The document.';
COMMENT ON COLUMN document_lengths.language IS
  'ISO 639-1 code that its terms stand under; und where none is known.';
COMMENT ON COLUMN document_lengths.dictionary IS
  'The text search dictionary that made its terms: questions take the same way.';
COMMENT ON COLUMN document_lengths.chunks IS 'How many chunks it has.';
COMMENT ON COLUMN document_lengths.words IS 'How many words its chunks have together.';

CREATE TABLE chunk_terms (
  language text NOT NULL,
  term text NOT NULL,
  document_id bigint NOT NULL,
  chunk_index integer NOT NULL,
  frequency smallint NOT NULL,
  length smallint NOT NULL,
  CONSTRAINT chunk_terms_pkey
    PRIMARY KEY (language, term, document_id, chunk_index) INCLUDE (frequency, length),
  CONSTRAINT chunk_terms_document_id_chunk_index_fkey
    FOREIGN KEY (document_id, chunk_index)
    REFERENCES document_chunks (document_id, chunk_index) ON DELETE CASCADE
) WITH (autovacuum_vacuum_scale_factor = 0.02,
        autovacuum_vacuum_insert_scale_factor = 0.05);
CREATE INDEX idx_chunk_terms_chunk ON chunk_terms (document_id, chunk_index);
COMMENT ON TABLE chunk_terms IS
  'Which term stands in which chunk: what a search reads, from the index alone.';
COMMENT ON COLUMN chunk_terms.language IS 'As in document_lengths.';
COMMENT ON COLUMN chunk_terms.term IS
  'A word''s stem, or a pair of characters where words have no spaces between them.';
COMMENT ON COLUMN chunk_terms.document_id IS 'The chunk''s document.';
COMMENT ON COLUMN chunk_terms.chunk_index IS 'The chunk, as its document counts them.';
COMMENT ON COLUMN chunk_terms.frequency IS 'How often it stands there.';
COMMENT ON COLUMN chunk_terms.length IS 'How many words the whole chunk has.';

-- What people wrote: ANALYZE keeps no samples of it. A search needs none: it asks for
-- each term by itself, with the index's first columns.
ALTER TABLE chunk_terms
  ALTER COLUMN language SET STATISTICS 0,
  ALTER COLUMN term SET STATISTICS 0;
ALTER TABLE document_lengths
  ALTER COLUMN language SET STATISTICS 0,
  ALTER COLUMN dictionary SET STATISTICS 0;
