"""The two ways things go wrong: a bad study stops, a bad item is set aside."""

import os


class StudyError(Exception):
    """A study that must not run: its parameters, its cohort, or a leak.

    Parameters
    ----------
    where : str
        File, table row or params key at fault.
    rule : str
        The rule that is broken.
    fix : str
        What the user can do about it.
    """

    def __init__(self, where: str, rule: str, fix: str) -> None:
        self.where, self.rule, self.fix = where, rule, fix
        super().__init__(f"{where}: {rule}. Fix: {fix}.")


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
    fix : str
        What the user can do about it.
    """

    def __init__(self, subject: str, file: str, rule: str, fix: str) -> None:
        self.subject, self.file, self.rule, self.fix = subject, file, rule, fix
        super().__init__(f"{subject}, {file}: {rule}. Fix: {fix}.")


def name_error(error: Exception) -> str:
    """Say in a word what an error of another library is, without its text, which may quote a path or a value."""
    return os.strerror(error.errno) if isinstance(error, OSError) and error.errno else type(error).__name__
