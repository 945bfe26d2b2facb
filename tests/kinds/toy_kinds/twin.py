"""Export as the simulator does."""

from pathlib import Path
from typing import Any

from sonomics.core.jobs import run_job
from sonomics.export.simulator import main as main


def draft(params: Any, study: Path) -> Any:
    from sonomics.export.cohort.drafts import draft_simulated

    return draft_simulated(params, study)


if __name__ == "__main__":
    run_job(main)
