"""Vectors of chunks, with no extension of PostgreSQL's."""

from typing import Any

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None
LOSES = "the vectors of chunks, which the bot makes anew from their texts"

TABLES = """
CREATE TABLE embedding_models (
  embedding_id text NOT NULL,
  dimensions integer NOT NULL,
  centre bytea NOT NULL,
  centred_over integer NOT NULL,
  created_at timestamptz DEFAULT now() NOT NULL,
  CONSTRAINT embedding_models_pkey PRIMARY KEY (embedding_id),
  CONSTRAINT embedding_models_dimensions_check CHECK (dimensions > 0)
);
COMMENT ON TABLE embedding_models IS
  'Models that made vectors: one, or two while a change is under way.';
COMMENT ON COLUMN embedding_models.embedding_id IS 'The model''s name.';
COMMENT ON COLUMN embedding_models.dimensions IS 'Numbers of a vector.';
COMMENT ON COLUMN embedding_models.centre IS
  'The mean of vectors, from which signs are taken; as vectors are.';
COMMENT ON COLUMN embedding_models.centred_over IS
  'Of how many vectors it is the mean.';
COMMENT ON COLUMN embedding_models.created_at IS 'When its first vector came.';

CREATE TABLE chunk_vectors (
  embedding_id text NOT NULL,
  chunk_id bigint NOT NULL,
  document_id bigint NOT NULL,
  signs bit varying NOT NULL,
  vector bytea NOT NULL,
  CONSTRAINT chunk_vectors_pkey PRIMARY KEY (embedding_id, chunk_id),
  CONSTRAINT chunk_vectors_embedding_id_fkey FOREIGN KEY (embedding_id)
    REFERENCES embedding_models (embedding_id) ON DELETE CASCADE,
  CONSTRAINT chunk_vectors_chunk_id_fkey FOREIGN KEY (chunk_id)
    REFERENCES document_chunks (id) ON DELETE CASCADE
);
CREATE INDEX idx_chunk_vectors_chunk_id ON chunk_vectors (chunk_id);
CREATE INDEX idx_chunk_vectors_signs
  ON chunk_vectors (embedding_id, document_id, chunk_id) INCLUDE (signs);
COMMENT ON TABLE chunk_vectors IS
  'What chunks mean, as models put it: found by signs, ranked by vectors.';
COMMENT ON COLUMN chunk_vectors.embedding_id IS 'The model that made it.';
COMMENT ON COLUMN chunk_vectors.chunk_id IS 'The chunk that it is of.';
COMMENT ON COLUMN chunk_vectors.document_id IS
  'The chunk''s document, told once more: who may see it stands there.';
COMMENT ON COLUMN chunk_vectors.signs IS
  'For each number a bit: whether it is above the model''s centre.';
COMMENT ON COLUMN chunk_vectors.vector IS
  'Of length 1: a half-precision float for each number, little-endian.';
-- ANALYZE keeps no samples of what people's texts mean.
ALTER TABLE chunk_vectors
  ALTER COLUMN vector SET STATISTICS 0,
  ALTER COLUMN signs SET STATISTICS 0;
ALTER TABLE embedding_models ALTER COLUMN centre SET STATISTICS 0;
"""


def upgrade() -> None:
    driver: Any = op.get_bind().connection.driver_connection
    driver.execute(TABLES)


def downgrade() -> None:
    op.drop_table("chunk_vectors")
    op.drop_table("embedding_models")
