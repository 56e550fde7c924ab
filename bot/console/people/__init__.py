"""People: found, looked at, exported, set active or not, erased."""
