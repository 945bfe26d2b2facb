"""A pytest plug-in that turns an unexpected skip into a failure: what CI does not run, it must not pass in silence."""

from collections.abc import Generator, Sequence

import pytest


class ForbiddenSkips:
    """Fail every test and every module that is skipped for a reason that holds none of the allowed words."""

    def __init__(self, allowed: Sequence[str]) -> None:
        self.allowed = tuple(allowed)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        self._fail_if_skipped(report)
        return report

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_make_collect_report(self) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        report = yield
        self._fail_if_skipped(report)
        return report

    def _fail_if_skipped(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        # An expected failure is reported as skipped, too.
        if not report.skipped or hasattr(report, "wasxfail"):
            return
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if not any(words in reason for words in self.allowed):
            report.outcome = "failed"
            report.longrepr = f"{reason} (a skip is a failure here). Fix: install it, or allow it with --allow-skip"
