"""Finding passages for a question: by words, by meaning, and how sure that is."""
