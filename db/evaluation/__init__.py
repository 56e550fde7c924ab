"""What evaluation keeps: replays, cases, baselines, reports, proposals."""
