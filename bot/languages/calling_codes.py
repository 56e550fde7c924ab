"""What is spoken where a telephone number is from, if that is a language of ours."""

import re
from collections.abc import Mapping

NUMBER = re.compile(r"whatsapp:\+(\d+)")
# By calling code. Where several are spoken it is what a business is likely written to
# in: English in India.
SPOKEN: Mapping[str, tuple[str, ...]] = {
    "en": ("1", "27", "44", "61", "63", "64", "65", "91", "233", "234", "254", "256",
           "353"),
    "es": ("34", "51", "52", "53", "54", "56", "57", "58", "502", "503", "504", "505",
           "506", "507", "591", "593", "595", "598", "240", "1787", "1809", "1829",
           "1849", "1939"),
    "pt": ("55", "351", "238", "239", "244", "245", "258", "670"),
    "de": ("49", "43", "423"),
    "fr": ("33", "225", "221", "223", "224", "226", "227", "228", "229", "241", "242",
           "243", "377", "262", "508", "509", "590", "594", "596", "687", "689"),
    "ar": ("20", "212", "213", "216", "218", "249", "961", "962", "963", "964", "965",
           "966", "967", "968", "970", "971", "973", "974", "222"),
    "id": ("62",),
}  # fmt: skip
_BY_CODE = {code: language for language, codes in SPOKEN.items() for code in codes}
_LONGEST = max(map(len, _BY_CODE))


def language_of_number(address: str) -> str | None:
    """Return the language where an address such as `whatsapp:+34...` is from.

    None: no language of ours, or not an address with a number.
    """
    found = NUMBER.match(address)
    if found is None:
        return None
    lengths = range(_LONGEST, 0, -1)
    known = (_BY_CODE.get(found[1][:length]) for length in lengths)
    return next(filter(None, known), None)
