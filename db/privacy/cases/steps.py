"""What retention does about cases: a person's go as their transcripts do."""

from db.privacy.steps import OLD, dropping

# What is nobody's is the business's own; what was judged goes with its case.
DROP_CASES = dropping(
    "cases dropped",
    "cases AS kept",
    coarse=f"kept.user_id IS NOT NULL AND kept.created_at < {OLD}",
)
# A baseline is kept as long as it is one.
DROP_EVALUATIONS = dropping(
    "evaluations dropped",
    "evaluations AS run",
    "started_at",
    fine="NOT EXISTS (SELECT FROM baselines WHERE evaluation_id = run.id)",
)
