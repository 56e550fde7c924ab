"""What /help says, in English."""

BEGINS = """Write to me as you would to a person. Besides, I know these words:
/new: forget this conversation and start a new one
STOP: no more answers from me
START: answers again
"""
HUMAN = "/human: a person of our team answers you\n"
ENDS = """/help: this text
I am an automatic assistant."""
HELP = BEGINS + ENDS
HELP_WITH_PEOPLE = BEGINS + HUMAN + ENDS
