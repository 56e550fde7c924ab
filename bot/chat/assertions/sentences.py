"""What users read in place of an assertion that is not true."""

from bot.languages.speaking import spoken

NOT_DONE = spoken("I have not done this yet.")
NOTHING_NEW = spoken("I have done nothing new just now.")
NOT_KNOWN = spoken("I don't know yet whether this was done.")
