"""What retention does about broadcasts: an opt-in stays until it is withdrawn."""

from db.privacy.steps import OLD, Step

DROP_BROADCASTS = Step(
    name="broadcasts that are over dropped",
    table="broadcasts AS sent",
    at="sent.created_at",
    id="sent.broadcast_id",
    coarse=f"sent.state IN ('done', 'canceled') AND sent.changed_at < {OLD}",
    action="""
done AS (
  DELETE FROM broadcasts USING due WHERE broadcasts.broadcast_id = due.id
)""",
)
