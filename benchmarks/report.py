"""What evaluate and report cost: seconds of a core, peak memory and size of the page for a small and a large study.

Run from the repository: `uv run python benchmarks/report.py [--patients 500 5000]`. It writes synthetic predictions of
two models, runs both jobs in processes of their own, and opens the page in chromium where there is one: seconds until
it is ready, to sort the table of cases and to filter it.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "workflow/lib")]

from tests.evaluate import synthetic as evaluated  # noqa: E402
from tests.report import synthetic as reported  # noqa: E402

SHOWN = 120
TIMED = """() => {
  const time = (act) => { const start = performance.now(); act(); return (performance.now() - start) / 1000; };
  const table = document.querySelector('[data-cases]');
  const text = table.querySelector('[data-filter=text]');
  return {
    sort: time(() => table.querySelectorAll('thead button')[4].click()),
    filter: time(() => { text.value = 'p00'; text.dispatchEvent(new Event('input', {bubbles: true})); }),
  };
}"""


def run(module: str, arguments: list[str]) -> tuple[float, float]:
    """Run a job; return the seconds of a core that it took and its peak memory in MB."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "workflow/lib"), "OMP_NUM_THREADS": "1"}
    job = subprocess.Popen([sys.executable, "-m", module, *arguments], stderr=subprocess.DEVNULL, env=environment)
    _, status, usage = os.wait4(job.pid, 0)
    job.returncode = os.waitstatus_to_exitcode(status)
    if job.returncode:
        raise SystemExit(f"{module} failed")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def study(folder: Path, patients: int, settings: dict[str, Any]) -> dict[str, float]:
    """Evaluate and report a synthetic study; return what it cost."""
    internal, external = max(SHOWN, patients // 5), patients // 5
    splits = {"train": patients - internal - external, "internal": internal, "external_1": external}
    cohort = evaluated.write_study(folder, splits, reported.VARIANTS)
    reported.write_other_phases(folder, cohort)
    cost = {"evaluate_s": 0.0, "evaluate_mb": 0.0}
    for variant in reported.VARIANTS:
        out = folder / "results" / "evaluate" / variant / "recurrence"
        given = [f"--settings={json.dumps(settings)}", *evaluated.arguments(folder, variant), f"--out={out}"]
        seconds, memory = run("sonomics.evaluate.task", given)
        cost = {"evaluate_s": cost["evaluate_s"] + seconds, "evaluate_mb": max(cost["evaluate_mb"], memory)}
    params = {**reported.PARAMS, "report": {**reported.PARAMS["report"], "shown_cases": SHOWN}}
    given = [f"--settings={json.dumps(params)}", *reported.report_arguments(folder, ROOT / "workflow/report")]
    cost["report_s"], cost["report_mb"] = run("sonomics.report.render", given)
    return {**cost, "page_mb": (folder / "results/report.html").stat().st_size / 1e6}


def visited(html: Path) -> dict[str, float]:
    """Open the page; return the seconds until it is ready, of a sort and of a filter."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        chromium = shutil.which("chromium")
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        start = time.perf_counter()
        page.goto(html.as_uri())
        ready = time.perf_counter() - start
        timed = page.evaluate(TIMED)
        browser.close()
    return {"ready_s": ready, **{f"{name}_s": seconds for name, seconds in timed.items()}}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patients", type=int, nargs="+", default=[500, 5000])
    parser.add_argument("--bootstrap", type=int, default=1000)
    args = parser.parse_args()
    settings = {**evaluated.SETTINGS, "evaluate": {**evaluated.SETTINGS["evaluate"], "bootstrap": args.bootstrap}}
    for patients in args.patients:
        with tempfile.TemporaryDirectory() as folder:
            cost = study(Path(folder) / "study", patients, settings)
            if shutil.which("chromium"):
                cost |= visited(Path(folder) / "study/results/report.html")
        print(f"{patients:,} patients: " + ", ".join(f"{name} {value:.2f}" for name, value in cost.items()), flush=True)


if __name__ == "__main__":
    main()
