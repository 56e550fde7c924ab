"""Tools for models that know no calls: described in words, called by tagged text."""
