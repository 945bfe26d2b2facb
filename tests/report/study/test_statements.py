"""The authors' statements."""

from sonomics.core.settings.author import Author
from sonomics.report.study.statements import SUBJECTS, join_sentences, list_statements, list_unstated
from tests.report.synthetic import with_author


def test_every_key_of_the_settings_has_a_subject() -> None:
    assert set(SUBJECTS) == set(Author.model_fields)


def test_statements_are_given_in_order_and_the_others_are_asked_for() -> None:
    params = with_author(funding="None.", ethics="Approved, number 12", keywords=" ")
    assert [(statement.subject, statement.text) for statement in list_statements(params)] == [
        ("Ethics approval", "Approved, number 12"),
        ("Funding", "None."),
    ]
    assert "Consent" in list_unstated(params)
    assert "Funding" not in list_unstated(params)
    assert "Keywords" not in list_unstated(params)
    assert join_sentences(params, "ethics", "consent", "funding") == "Approved, number 12. None."
