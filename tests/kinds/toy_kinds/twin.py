"""Export as the simulator does."""

from pathlib import Path
from typing import Any

from sonomics.core.jobs import run_job
from sonomics.export.simulator import main as main


def draft(params: Any, study: Path) -> Any:
    from sonomics.commands.query import simulated_drafts

    export = {**params["export"], "simulator": params["export"]["twin"]}
    return simulated_drafts({**params, "export": export})


if __name__ == "__main__":
    run_job(main)
