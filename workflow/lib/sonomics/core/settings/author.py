"""`report.author`: what only the authors can state. What is not stated is listed on the page as still to be stated."""

from pydantic import Field

from sonomics.core.settings.base import Section


class Author(Section):
    """What only the authors can state."""

    ethics: str | None = Field(None, description="ethics committee and its number, or why none was needed")
    consent: str | None = Field(None, description="whether consent was given or waived")
    registration: str | None = Field(None, description="registry and number of the study")
    protocol: str | None = Field(None, description="where the protocol is available")
    funding: str | None = Field(None, description="sources of funding and their role")
    conflicts: str | None = Field(None, description="conflicts of interest")
    data_availability: str | None = Field(None, description="whether and where images, outlines and data are available")
    code_availability: str | None = Field(None, description="where the code of the study is available")
    model_availability: str | None = Field(None, description="whether and where the fitted models are available")
    design: str | None = Field(None, description="prospective or retrospective, and the type of the study")
    setting: str | None = Field(None, description="type and location of the centres")
    dates: str | None = Field(None, description="dates of the first and last exam, and the end of follow-up")
    eligibility: str | None = Field(None, description="inclusion and exclusion criteria")
    recruitment: str | None = Field(
        None, description="how patients were identified: a consecutive, random or convenience series"
    )
    sample_size: str | None = Field(None, description="how the number of patients was determined")
    reference_standard: str | None = Field(None, description="how the reference standard was established")
    acquisition: str | None = Field(None, description="scanners, probes, settings and contrast agent")
    segmentation: str | None = Field(None, description="how outlines were drawn, and with which program")
    outliners: str | None = Field(None, description="who drew the outlines, with how many years of experience")
    intended_use: str | None = Field(None, description="purpose of the model, and the patients it is for")
    users: str | None = Field(None, description="intended users of the model")
    limitations: str | None = Field(None, description="limitations beyond those that the page states")
    abstract: str | None = Field(None, description="the abstract, or where in the manuscript it is")
    keywords: str | None = Field(None, description="keywords")
    background: str | None = Field(None, description="what is known so far, or where in the manuscript it is")
    rationale: str | None = Field(None, description="why radiomics is expected to help")
    prior_work: str | None = Field(None, description="earlier models, and how this study differs")
    discussion: str | None = Field(None, description="summary of the findings, or where in the manuscript it is")
    implications: str | None = Field(None, description="implications for practice")
    next_steps: str | None = Field(None, description="further research, and where the results may apply")
    representativeness: str | None = Field(None, description="the population that the data represent")
    data_overlap: str | None = Field(None, description="earlier papers on the same patients")
    predictors: str | None = Field(None, description="how and when clinical variables were measured")
    treatments: str | None = Field(None, description="treatments received, and how they were handled")
    interval: str | None = Field(None, description="time and treatment between the exam and the reference standard")
    reference_rationale: str | None = Field(None, description="why this reference standard was chosen")
    assessors: str | None = Field(None, description="who assessed the outcome, and their training")
    assessor_blinding: str | None = Field(None, description="whether the assessors knew images or predictions")
    annotation: str | None = Field(None, description="how the test set was annotated")
    automated_segmentation: str | None = Field(
        None, description="how automatic outlines were evaluated, if outlines were automatic"
    )
    clinical_imaging: str | None = Field(None, description="imaging guideline that the exams followed")
    confounders: str | None = Field(None, description="confounders, and how they were handled")
    set_differences: str | None = Field(
        None, description="how test sets differ from training in setting, criteria and outcome"
    )
    fairness: str | None = Field(None, description="what was done for fairness, and why")
    inequalities: str | None = Field(None, description="known inequalities between groups of people")
    severity: str | None = Field(None, description="severity of the disease in those who have the target condition")
    alternative_diagnoses: str | None = Field(
        None, description="diagnoses of those who do not have the target condition"
    )
    adverse_events: str | None = Field(None, description="adverse events of the tests")
    failures: str | None = Field(None, description="where and why the model fails")
    input_handling: str | None = Field(None, description="what to do when input is of poor quality or missing")
    user_expertise: str | None = Field(None, description="what users must do and know")
    feature_availability: str | None = Field(None, description="whether and where feature values are available")
    deployment: str | None = Field(None, description="a system that others can run")
    public_involvement: str | None = Field(None, description="involvement of patients and the public")
    licence: str | None = Field(None, description="terms under which the model may be used")
    contact: str | None = Field(
        None, description="contact for questions about the model, which a shared report shows too"
    )
