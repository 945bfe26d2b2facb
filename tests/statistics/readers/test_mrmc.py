import numpy as np
import pytest
from scipy.stats import ttest_1samp

from sonomics.statistics.readers.covariance import jackknife_auc_covariance
from sonomics.statistics.readers.mrmc import analyse_reader_study, compare_readers_with_model, mean_over_readers


def test_components_by_hand():
    got = analyse_reader_study([[0.7, 0.8], [0.8, 0.9]], np.diag([0.01, 0.02, 0.03, 0.04]))
    parts = got.components
    assert parts.treatment == pytest.approx(2 * 2 * 0.05**2)
    assert parts.reader == pytest.approx(2 * 2 * 0.05**2)
    assert parts.product == pytest.approx(0)
    assert parts.variance == pytest.approx(0.025)
    assert got.readers_fixed.difference == pytest.approx(0.1)
    assert got.readers_fixed.se == pytest.approx(np.sqrt(0.025))
    assert got.both_random.reason == got.cases_fixed.reason == "the difference has no variance"


def test_one_reader_generalises_to_cases_only():
    got = analyse_reader_study([[0.7], [0.8]], [[0.002, 0.001], [0.001, 0.002]])
    assert got.readers_fixed.se == pytest.approx(np.sqrt(0.002))
    assert got.both_random.reason == got.single[0].reason == "fewer than two readers"


def test_without_positives_nothing_is_estimable():
    y, scores = np.zeros(4), np.ones((4, 4))
    got = analyse_reader_study(
        *(
            part.reshape(shape)
            for part, shape in zip(jackknife_auc_covariance(y, scores), [(2, 2), (4, 4)], strict=True)
        )
    )
    assert np.isnan(got.both_random.p)
    assert got.readers_fixed.reason == "fewer than two cases in a class"


def test_shapes_are_checked():
    with pytest.raises(ValueError, match="two treatments"):
        analyse_reader_study(np.zeros((3, 2)), np.zeros((6, 6)))


def test_readers_without_errors_of_cases_are_compared_with_the_model_by_a_t_test():
    values = [0.70, 0.78, 0.74, 0.85]
    got = compare_readers_with_model([*values, 0.9], np.zeros((5, 5)))
    expected = ttest_1samp(values, 0.9)
    assert (got.statistic, got.p, got.df2) == pytest.approx((expected.statistic, expected.pvalue, 3))
    assert (got.lower, got.upper) == pytest.approx(np.array(expected.confidence_interval()) - 0.9)


def test_what_readers_share_with_the_model_cancels_out_of_the_difference():
    values, errors = np.array([0.7, 0.8, 0.75]), np.diag([0.002, 0.001, 0.003]) + 0.0005
    of_readers = mean_over_readers(values, errors)
    sure = np.zeros((4, 4))
    sure[:3, :3] = errors
    against = compare_readers_with_model([*values, 0.7], sure)
    assert (against.difference, against.se, against.df2) == pytest.approx(
        (of_readers.estimate - 0.7, of_readers.se, of_readers.df)
    )
    assert compare_readers_with_model([*values, 0.7], sure + 0.004).se == pytest.approx(against.se)


def test_one_reader_or_one_class_leaves_only_the_difference_to_the_model():
    assert compare_readers_with_model([0.7, 0.8], np.eye(2)).reason == "fewer than two readers"
    got = compare_readers_with_model([0.7, 0.75, 0.8], np.full((3, 3), np.nan))
    assert got.reason == "fewer than two cases in a class"
    assert got.difference == pytest.approx(-0.075)
    with pytest.raises(ValueError, match="readers and a model"):
        compare_readers_with_model([0.7], np.eye(1))
