"""The two ways things go wrong: a bad study stops, a bad item is set aside."""


class StudyError(Exception):
    """A study that must not run: its parameters, its cohort, or a leak.

    Parameters
    ----------
    where : str
        File, table row or params key at fault.
    rule : str
        The rule that is broken.
    mend : str
        What the user can do about it.
    """

    def __init__(self, where: str, rule: str, mend: str) -> None:
        self.where, self.rule, self.mend = where, rule, mend
        super().__init__(f"{where}: {rule}. To mend it: {mend}.")


class ItemError(Exception):
    """One image, outline or case that cannot be used; the study goes on without it.

    Parameters
    ----------
    subject : str
        Patient, case or image.
    file : str
        The file at fault.
    rule : str
        The rule that is broken.
    mend : str
        What the user can do about it.
    """

    def __init__(self, subject: str, file: str, rule: str, mend: str) -> None:
        self.subject, self.file, self.rule, self.mend = subject, file, rule, mend
        super().__init__(f"{subject}, {file}: {rule}. To mend it: {mend}.")
