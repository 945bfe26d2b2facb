"""sonomics: reproducible ultrasound deep-learning radiomics, from PACS to paper."""

import gc
import sys
from pathlib import Path

from sonomics.core.errors import StudyError
from sonomics.core.handing_over import hand_over
from sonomics.core.pins import set_pins

__version__ = "0.1.0"

# What imports make stays, so that looking for garbage among it is lost time: a tenth of the start of a job. While
# Python looks for the module of `python -m`, this is its name; `jobs.run_job` turns the collector on again.
if sys.argv[:1] == ["-m"]:
    hand_over()
    gc.disable()

try:
    set_pins()
except StudyError as error:
    if sys.argv[:1] == ["-m"] or Path(*sys.argv[:1]).stem == "sonomics":
        raise SystemExit(f"study stopped: {error}") from None
    raise
