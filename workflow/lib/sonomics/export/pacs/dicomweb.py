"""Ask and receive from a PACS by DICOMweb (QIDO-RS, WADO-RS)."""

import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import requests
from dicomweb_client import DICOMwebClient
from urllib3.exceptions import MaxRetryError

from sonomics.export.pacs.multipart import read_boundary, split_parts
from sonomics.export.pacs.original_store import SEND_AGAIN
from sonomics.export.pacs.protocol import (
    PASSWORD,
    TOKEN,
    USER,
    Criteria,
    Fault,
    Instance,
    Keep,
    Order,
    PacsError,
    Study,
    meets_criteria,
)
from sonomics.kinds.sources.dicomweb import DicomWeb as DicomWebSettings

for name in ("dicomweb_client", "urllib3"):
    logging.getLogger(name).setLevel(logging.CRITICAL)  # the addresses that they log hold identities
UNALTERED = 'multipart/related; type="application/dicom"; transfer-syntax=*'
PIECE = 1 << 20  # bytes read at once
REFUSALS, OVERLOADS = (401, 403, 407), (429, 502, 503, 504)
STUDY_FIELDS = ["StudyDescription", "ModalitiesInStudy", "AccessionNumber", "StudyDate", "StudyTime", "PatientID"]
STUDY, SERIES, INSTANCE = "0020000D", "0020000E", "00080018"
MODALITY, SERIES_NUMBER, INSTANCE_NUMBER = "00080060", "00200011", "00200013"
Search = Callable[..., list[dict[str, Any]]]


class DicomWeb:
    """A PACS that speaks DICOMweb (PS3.18).

    Parameters
    ----------
    settings : DicomWeb
        `export.dicomweb` of params. User and password, or a token, come from the environment.
    """

    def __init__(self, settings: DicomWebSettings) -> None:
        self._url = settings.url.rstrip("/")
        self._timeout = float(settings.timeout_s)
        self._session = make_session(settings)
        self._client = DICOMwebClient(self._url, self._session, permissive_uid=True, timeout=self._timeout)
        self._client.set_http_retry_params(retry=False)

    def close(self) -> None:
        """End the connections."""
        self._session.close()

    def check(self) -> None:
        """Ask for one study."""
        with _translate_errors():
            self._client.search_for_studies(limit=1)

    def find_studies(self, criteria: Criteria) -> list[Study]:
        """List the studies that meet the criteria."""
        studies: dict[str, Study] = {}
        for accession, patient in criteria.queries():
            filters = {
                "StudyDate": criteria.dates,
                "ModalitiesInStudy": criteria.modality,
                "AccessionNumber": accession,
                "PatientID": patient,
            }
            filters = {name: value for name, value in filters.items() if value}
            answers = self._ask(self._client.search_for_studies, STUDY, fields=STUDY_FIELDS, search_filters=filters)
            for uid, answer in answers.items():
                study = _read_study(uid, answer)
                if meets_criteria(study, criteria):
                    studies[uid] = study
        return list(studies.values())

    def list_instances(self, study_uid: str, modality: str) -> list[Instance]:
        """List the instances of a study in the series of a modality."""
        listed = []
        for series_uid, series in self._ask(self._client.search_for_series, SERIES, study_uid).items():
            if _read_value(series, MODALITY) not in ("", modality):
                continue
            answers = self._ask(self._client.search_for_instances, INSTANCE, study_uid, series_uid)
            number = _read_number(series, SERIES_NUMBER)
            for uid, answer in answers.items():
                listed.append(Instance(number, _read_number(answer, INSTANCE_NUMBER), uid, series_uid))
        return listed

    def fetch(self, study_uid: str, order: Order, keep: Keep) -> None:
        """Stream the instances of an order, in the transfer syntax they are stored in."""
        series = f"{self._url}/studies/{study_uid}/series/{order.series_uid}"
        for url in [f"{series}/instances/{uid}" for uid in order.instances] or [series]:
            with _translate_errors():
                for content in self._stream(url):
                    keep(content)

    def _ask(self, search: Search, name: str, *parents: str, **options: Any) -> dict[str, Mapping[str, Any]]:
        """Collect all pages of an answer; a server that ignores the offset sends the first page again and again."""
        answers: dict[str, Mapping[str, Any]] = {}
        while True:
            with _translate_errors():
                page = {
                    _require_value(answer, name): answer for answer in search(*parents, offset=len(answers), **options)
                }
            if page.keys() <= answers.keys():
                return answers
            answers |= page

    def _stream(self, url: str) -> Iterator[bytes]:
        # Not with dicomweb-client, which passes on a last part that was cut short.
        with self._session.get(url, headers={"Accept": UNALTERED}, timeout=self._timeout, stream=True) as answer:
            answer.raise_for_status()
            if boundary := read_boundary(answer.headers.get("Content-Type", "")):
                yield from split_parts(answer.iter_content(PIECE), boundary)
            else:
                yield answer.content


class _Session(requests.Session):
    """A session whose own certificates take precedence over those of the environment, which requests would prefer."""

    def merge_environment_settings(self, url, proxies, stream, verify, cert):  # type: ignore[no-untyped-def]
        merged = super().merge_environment_settings(url, proxies, stream, verify, cert)
        return {**merged, "verify": self.verify} if isinstance(self.verify, str) else merged


def make_session(settings: DicomWebSettings) -> requests.Session:
    """Make a session that authenticates us and verifies the server."""
    session = _Session()
    if token := os.environ.get(TOKEN):
        session.headers["Authorization"] = f"Bearer {token}"
        session.trust_env = False  # a .netrc would replace the token
    elif user := os.environ.get(USER):
        session.auth = (user, os.environ.get(PASSWORD, ""))
    if settings.ca_file is not None:
        session.verify = os.path.expandvars(settings.ca_file)
    if settings.cert_file is not None:
        session.cert = os.path.expandvars(settings.cert_file)
    return session


@contextmanager
def _translate_errors() -> Iterator[None]:
    """Turn errors into PacsError. Addresses hold identities, so no message of the server is repeated."""
    try:
        yield
    except requests.exceptions.SSLError:
        fix = "set ca_file to the certificate of the hospital's authority, cert_file to ours if the server wants one"
        raise PacsError(Fault.DENIED, "the encrypted connection fails at the certificate", fix) from None
    except requests.HTTPError as error:
        raise _explain_status(error.response.status_code if error.response is not None else 0) from None
    except requests.ReadTimeout:
        raise PacsError(Fault.DOWN, "it does not answer in time", "run again, or raise timeout_s") from None
    except requests.ConnectionError as error:
        if isinstance(next(iter(error.args), None), MaxRetryError):
            fix = "check url in params.yaml and that the server runs, then run again"
            raise PacsError(Fault.DOWN, "there is no connection", fix) from None
        raise PacsError(Fault.WRONG, "it cut the connection", SEND_AGAIN) from None
    except requests.RequestException as error:
        raise PacsError(Fault.WRONG, f"the transfer broke off ({type(error).__name__})", SEND_AGAIN) from None
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise PacsError(Fault.WRONG, f"its answer is not DICOMweb ({type(error).__name__})", SEND_AGAIN) from None


def _explain_status(status: int) -> PacsError:
    rule = f"it answers with HTTP status {status}"
    if status in REFUSALS:
        return PacsError(Fault.DENIED, rule, f"set {USER} and {PASSWORD}, or {TOKEN}, in the environment")
    return PacsError(Fault.DOWN if status in OVERLOADS else Fault.WRONG, rule, SEND_AGAIN)


def _read_study(uid: str, answer: Mapping[str, Any]) -> Study:
    return Study(
        uid=uid,
        patient_id=_read_value(answer, "00100020"),
        date=_read_value(answer, "00080020"),
        time=_read_value(answer, "00080030"),
        accession=_read_value(answer, "00080050"),
        description=_read_value(answer, "00081030"),
        modalities=tuple(map(str, answer.get("00080061", {}).get("Value", ()))),
    )


def _read_value(answer: Mapping[str, Any], tag: str) -> str:
    values = answer.get(tag, {}).get("Value") or [""]
    return str(values[0] if values[0] is not None else "").strip()


def _require_value(answer: Mapping[str, Any], tag: str) -> str:
    if not (value := _read_value(answer, tag)):
        raise ValueError(f"no {tag}")
    return value


def _read_number(answer: Mapping[str, Any], tag: str) -> int:
    value = _read_value(answer, tag)
    return int(value) if value.lstrip("-").isdigit() else 0
