"""With `--forbid-skips` nothing is skipped in silence."""

import pytest

from tests.conftest import ROOT

pytest_plugins = ["pytester"]

TESTS = """
import pytest

def test_passes():
    pass

@pytest.mark.skip(reason="needs a printer")
def test_marked():
    pass

def test_from_inside():
    pytest.skip("needs a scanner")

@pytest.mark.xfail(reason="known")
def test_expected_to_fail():
    raise ValueError

@pytest.mark.ci
def test_slow():
    pass
"""


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch) -> pytest.Pytester:
    """A suite of its own with the options of this one."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    pytester.makeconftest(
        "from tests.conftest import pytest_addoption, pytest_collection_modifyitems, pytest_configure"
    )
    pytester.makeini("[pytest]\nmarkers =\n    ci: slow\n")
    pytester.makepyfile(test_suite=TESTS)
    return pytester


# A mark skips before the test starts, which pytest counts as an error.
@pytest.mark.parametrize(
    ("options", "outcomes"),
    [
        ((), {"passed": 1, "skipped": 3, "xfailed": 1}),
        (("--forbid-skips",), {"passed": 1, "failed": 1, "errors": 2, "xfailed": 1}),
        (("--forbid-skips", "--ci"), {"passed": 2, "failed": 1, "errors": 1, "xfailed": 1}),
        (("--forbid-skips", "--ci", "--allow-skip", "printer"), {"passed": 2, "skipped": 1, "failed": 1, "xfailed": 1}),
        (("--forbid-skips", "-k", "passes"), {"passed": 1, "deselected": 4}),
    ],
)
def test_an_unexpected_skip_fails(suite, options, outcomes):
    suite.runpytest_inprocess(*options).assert_outcomes(**outcomes)


def test_it_fails_in_the_workers_too(suite):
    done = suite.runpytest_subprocess("-n", "1", "--forbid-skips")
    done.assert_outcomes(passed=1, failed=1, errors=2, xfailed=1)


def test_the_failure_names_the_reason_and_the_fix(suite):
    done = suite.runpytest_inprocess("--forbid-skips")
    done.stdout.fnmatch_lines(["*needs a scanner*a skip is a failure here*Fix: *--allow-skip*"])


def test_a_module_that_is_skipped_as_a_whole_fails(suite):
    suite.makepyfile(test_other='import pytest\n\npytest.importorskip("no_such_package")\n')
    done = suite.runpytest_inprocess("--forbid-skips", "test_other.py")
    done.assert_outcomes(errors=1)
    assert done.ret != 0
