"""Trials are proposed and recorded so that a search that was killed gives the same as one that was not."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from sonomics.core.schemas import TRIALS
from sonomics.core.tables import checked_table
from sonomics.train.search.trials import Judged, choose_trial, read_journal, run_trials, tabulate_trials
from tests.train.rows import STATED, model_of

SPACE = {"cost": {"low": 0.01, "high": 100, "log": True}, "kernel": ["rbf", "linear"]}
SEARCH = {"method": "tpe", "folds": 3, "trials": 14, "space": SPACE}


def search_of(kind="svm", **changed):
    return model_of({**STATED[kind], "search": {**SEARCH, **changed}}).search


def judge(values):
    return Judged(-abs(np.log10(values["cost"]) - 1) - (values["kernel"] == "rbf"), 0.1, "")


def test_tpe_comes_near_the_best(tmp_path):
    trials = run_trials(search_of(trials=30), "auc", judge, [1, "svm"], tmp_path / "a.jsonl")
    chosen = choose_trial(trials, "auc")
    assert chosen.proposed["kernel"] == "linear"
    assert 2 < chosen.proposed["cost"] < 50


@pytest.mark.parametrize("method", ["tpe", "random"])
@pytest.mark.parametrize("kept", [0, 1, 5, 13])
def test_a_search_goes_on_as_if_it_had_not_been_killed(tmp_path, method, kept):
    whole, half = tmp_path / "whole.jsonl", tmp_path / "half.jsonl"
    trials = run_trials(search_of(method=method), "auc", judge, [1, "svm"], whole)
    lines = whole.read_bytes().splitlines(keepends=True)
    half.write_bytes(b"".join(lines[:kept]) + lines[kept][:-3])
    assert len(read_journal(half)) == kept
    assert run_trials(search_of(method=method), "auc", judge, [1, "svm"], half) == trials
    assert half.read_bytes() == whole.read_bytes()


def test_finished_trials_do_not_run_again(tmp_path):
    run_trials(search_of(), "auc", judge, [1], tmp_path / "a.jsonl")
    run_trials(search_of(), "auc", pytest.fail, [1], tmp_path / "a.jsonl")


SLOW = """
import sonomics
import sys, time
from pathlib import Path
from tests.train.search.test_trials import judge, search_of
from sonomics.train.search.trials import run_trials
def slow(values):
    time.sleep(0.2)
    return judge(values)
run_trials(search_of(), "auc", slow, [1, "svm"], Path(sys.argv[1]))
"""


def test_a_process_killed_in_the_middle_gives_the_same_bytes(tmp_path):
    whole, killed = tmp_path / "whole.jsonl", tmp_path / "killed.jsonl"
    trials = run_trials(search_of(), "auc", judge, [1, "svm"], whole)
    root = str(Path(__file__).parents[3])
    path = os.pathsep.join([root, os.environ.get("PYTHONPATH", "")])
    process = subprocess.Popen([sys.executable, "-c", SLOW, killed], cwd=root, env={**os.environ, "PYTHONPATH": path})
    try:
        while process.poll() is None and (not killed.exists() or killed.read_bytes().count(b"\n") < 3):
            os.sched_yield()
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert 3 <= killed.read_bytes().count(b"\n") < 14
    assert run_trials(search_of(), "auc", judge, [1, "svm"], killed) == trials
    assert killed.read_bytes() == whole.read_bytes()


def test_failed_trials_are_recorded_and_never_chosen(tmp_path):
    def fails(values):
        return Judged(np.nan, np.nan, "no fit") if values["kernel"] == "linear" else judge(values)

    trials = run_trials(search_of(), "auc", fails, [1], tmp_path / "a.jsonl")
    chosen = choose_trial(trials, "auc")
    table = checked_table(tabulate_trials(trials, "auc", 3, chosen), TRIALS, "trials")
    assert set(table["state"]) == {"complete", "failed"}
    assert set(table.loc[table["chosen"], "trial"]) == {chosen.number}
    assert choose_trial([trial for trial in trials if trial.state == "failed"], "auc") is None


def test_the_smallest_log_loss_is_chosen(tmp_path):
    trials = run_trials(search_of(), "log_loss", judge, [1], tmp_path / "a.jsonl")
    assert choose_trial(trials, "log_loss").judged.mean == min(trial.judged.mean for trial in trials)


def test_whole_numbers_stay_whole_and_others_do_not(tmp_path):
    space = {"trees": {"low": 5, "high": 30, "step": 10}, "rate": {"low": 1, "high": 2}}
    trials = run_trials(
        search_of("boosting", space=space), "auc", lambda values: Judged(values["rate"], 0, ""), [1], tmp_path / "a"
    )
    assert {trial.proposed["trees"] for trial in trials} <= {5, 15, 25}
    assert any(trial.proposed["rate"] % 1 for trial in trials)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"space": {}}, "the space is empty"),
        ({"space": {"depth": [1, 2]}}, "cannot search depth"),
        ({"space": {"cost": {"low": 0, "high": 1}}}, "outside what cost of the model may be"),
        ({"space": {"kernel": ["cubic"]}}, "outside what kernel of the model may be"),
        ({"space": {"cost": {"low": 2, "high": 1}}}, "not below high"),
        ({"space": {"cost": {"low": -1, "high": 1, "log": True}}}, "logarithm"),
        ({"space": {"cost": {"low": 1, "high": 2, "log": True, "step": 1}}}, "no step"),
        ({"space": {"cost": []}}, "at least 1"),
        ({"trials": 0}, "greater than or equal to 1"),
        ({"values": {"cost": [1.0]}}, "has no values"),
        ({"method": "grid"}, "has no trials"),
        ({"method": "bayes"}, "'grid', 'random' or 'tpe'"),
    ],
)
def test_a_bad_search_is_refused(changed, words):
    with pytest.raises(ValidationError, match=words):
        search_of(**changed)


def test_a_search_without_its_budget_is_refused():
    with pytest.raises(ValidationError, match="needs trials and space"):
        model_of({**STATED["svm"], "search": {"method": "tpe", "folds": 3, "space": SPACE}})
