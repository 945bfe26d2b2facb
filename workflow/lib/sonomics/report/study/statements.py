"""What only the authors can state: the texts of `report.author`, and which of them are still to be written."""

from dataclasses import dataclass

from sonomics.core.settings.author import Author
from sonomics.core.settings.parameters import Parameters

# Every key of `report.author`, as the page calls it. Those that a journal asks for in every paper come first.
REQUIRED = {
    "ethics": "Ethics approval",
    "consent": "Consent",
    "registration": "Registration",
    "protocol": "Protocol",
    "funding": "Funding",
    "conflicts": "Conflicts of interest",
    "data_availability": "Data availability",
    "code_availability": "Code availability",
    "model_availability": "Model availability",
    "design": "Study design",
    "setting": "Setting",
    "dates": "Dates",
    "eligibility": "Eligibility",
    "recruitment": "Recruitment",
    "sample_size": "Sample size",
    "reference_standard": "Reference standard",
    "acquisition": "Image acquisition",
    "segmentation": "How outlines were drawn",
    "outliners": "Who drew the outlines",
    "intended_use": "Intended use",
    "users": "Intended users",
    "limitations": "Limitations",
}
FURTHER = {
    "abstract": "Abstract",
    "keywords": "Keywords",
    "background": "Background",
    "rationale": "Rationale",
    "prior_work": "Earlier work",
    "discussion": "Discussion",
    "implications": "Implications for practice",
    "next_steps": "Next steps",
    "representativeness": "Population that the data represent",
    "data_overlap": "Overlap with earlier papers",
    "predictors": "Definitions of predictors",
    "treatments": "Treatments",
    "interval": "Time between image and reference standard",
    "reference_rationale": "Choice of the reference standard",
    "assessors": "Assessors of the outcome",
    "assessor_blinding": "Blinding of the assessors",
    "annotation": "Annotation of the test set",
    "automated_segmentation": "Evaluation of automatic outlines",
    "clinical_imaging": "Imaging according to clinical guidelines",
    "confounders": "Confounders",
    "set_differences": "Differences between the sets",
    "fairness": "Fairness",
    "inequalities": "Known inequalities",
    "severity": "Severity of disease",
    "alternative_diagnoses": "Diagnoses of those without the target",
    "adverse_events": "Adverse events",
    "failures": "Analysis of failures",
    "input_handling": "Handling of poor input",
    "user_expertise": "What users must know",
    "feature_availability": "Availability of feature values",
    "deployment": "A system to run",
    "public_involvement": "Patient and public involvement",
    "licence": "Licence of the model",
    "contact": "Contact",
}
SUBJECTS = REQUIRED | FURTHER


@dataclass(frozen=True)
class Statement:
    """A subject and the authors' text on it."""

    subject: str
    text: str


def list_statements(params: Parameters) -> list[Statement]:
    """List the authors' texts, in the order of SUBJECTS."""
    texts = collect_texts(params)
    return [Statement(subject, texts[key]) for key, subject in SUBJECTS.items() if key in texts]


def list_unstated(params: Parameters) -> list[str]:
    """List the subjects that a journal asks for in every paper and that the authors have not stated."""
    texts = collect_texts(params)
    return [subject for key, subject in REQUIRED.items() if key not in texts]


def join_sentences(params: Parameters, *keys: str) -> str:
    """Join the authors' texts on some subjects as sentences of a paragraph; "" where they have stated none."""
    texts = collect_texts(params)
    stated = [texts[key] for key in keys if key in texts]
    return " ".join(text if text.endswith((".", "!", "?")) else f"{text}." for text in stated)


def collect_texts(params: Parameters) -> dict[str, str]:
    """Collect the texts that are not empty, by key."""
    texts = {key: getattr(params.report.author, key) or "" for key in Author.model_fields}
    return {key: text.strip() for key, text in texts.items() if text.strip()}
