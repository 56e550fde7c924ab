"""What somebody who was asked said of the settings."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """What one of them said; `fits` is None where it can't be told."""

    text: str
    fits: bool | None = True

    def __str__(self) -> str:
        mark = {True: "fits", False: "DOES NOT FIT", None: "can't be told"}[self.fits]
        return f"{mark}: {self.text}"
