"""The record of what a study was computed on; it stays in the logs."""

import json

from sonomics.core import jobs, provenance
from sonomics.core.jobs import run_job
from sonomics.core.pins import PINS
from sonomics.core.provenance import describe_machine, list_software, name_processor, record_run


def test_a_run_adds_one_line(tmp_path):
    path = tmp_path / "logs/provenance.jsonl"
    record_run(portable=True, path=path)
    record_run(portable=False, path=path)
    first, second = map(json.loads, path.read_text().splitlines())
    assert first["pins"] == PINS
    assert second["pins"] == {}
    assert first["processor"] == name_processor()
    assert first["software"] == dict(list_software())
    assert first["software"].keys() >= {"python", "numpy", "torch"}


def test_the_processor_is_the_one_that_the_system_names(tmp_path, monkeypatch):
    told = tmp_path / "cpuinfo"
    told.write_text("processor\t: 0\nmodel name\t: Some Processor 7\nflags\t\t: fpu avx2\n")
    monkeypatch.setattr(provenance, "CPUINFO", told)
    assert name_processor() == "Some Processor 7"
    monkeypatch.setattr(provenance, "CPUINFO", tmp_path / "none")
    assert name_processor()


def test_the_log_of_a_job_starts_with_what_it_is_computed_on(capsys, monkeypatch):
    monkeypatch.setattr(jobs, "end_process", lambda: None)
    run_job(lambda argv: print("done"))
    assert capsys.readouterr().out.startswith(f"{describe_machine()}\ndone\n")
    assert describe_machine().endswith(" arithmetic")


def test_a_whole_run_is_recorded_and_its_results_do_not_name_the_machine(smoke):
    lines = (smoke.path / "logs/provenance.jsonl").read_text().splitlines()
    assert json.loads(lines[0])["portable"] is True
    page = (smoke.path / "results/report.html").read_text()
    assert name_processor() not in page
    log = (smoke.path / "logs/render_report.log").read_text()
    assert log.startswith("computed on ")
