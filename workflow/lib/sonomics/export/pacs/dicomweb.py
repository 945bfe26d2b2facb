"""Ask and receive from a PACS by DICOMweb (QIDO-RS, WADO-RS)."""

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

import requests
from urllib3.exceptions import HTTPError, MaxRetryError

from sonomics.export.pacs.limits import Allowance, Deadline
from sonomics.export.pacs.multipart import read_boundary, split_parts
from sonomics.export.pacs.original_store import SEND_AGAIN
from sonomics.export.pacs.protocol import (
    Criteria,
    Fault,
    Instance,
    Keep,
    Order,
    PacsError,
    Study,
    meets_criteria,
    parse_number,
)
from sonomics.export.pacs.qido import Page, Row, collect_at_once, collect_rows, says_partial
from sonomics.export.pacs.session import get_answer, open_session
from sonomics.kinds.pacs import PASSWORD, TOKEN, USER
from sonomics.kinds.sources.dicomweb import KIND
from sonomics.kinds.sources.dicomweb import DicomWeb as DicomWebSettings

log = logging.getLogger(__name__)
logging.getLogger("urllib3").setLevel(logging.CRITICAL)  # the addresses that it logs hold identities
UNALTERED = 'multipart/related; type="application/dicom"; transfer-syntax=*'
JSON = "application/dicom+json, application/json"
PIECE = 1 << 20  # bytes read at once
REFUSALS, OVERLOADS = (401, 403, 407), (429, 502, 503, 504)
STUDY_FIELDS = [
    *("StudyDescription", "ModalitiesInStudy", "AccessionNumber", "StudyDate", "StudyTime", "PatientID"),
    "IssuerOfPatientID",
]
BY_MODALITY = "ModalitiesInStudy"
STUDY, SERIES, INSTANCE = "0020000D", "0020000E", "00080018"
MODALITY, SERIES_NUMBER, INSTANCE_NUMBER = "00080060", "00200011", "00200013"


class DicomWeb:
    """A PACS that speaks DICOMweb (PS3.18).

    Parameters
    ----------
    settings : DicomWeb
        `export.dicomweb` of params. User and password, or a token, come from the environment.
    """

    def __init__(self, settings: DicomWebSettings) -> None:
        for risk in KIND.list_risks(settings):
            log.warning("%s", risk)
        self._url, self._settings = settings.url.rstrip("/"), settings
        self._session = open_session(settings)

    def close(self) -> None:
        """End the connections."""
        self._session.close()

    def check(self) -> None:
        """Ask for one study."""
        with self._wait():
            self._read_page("studies", {"limit": 1}, self._make_allowance())

    def find_studies(self, criteria: Criteria) -> list[Study]:
        """List the studies that meet the criteria."""
        studies: dict[str, Study] = {}
        for accession, patient in criteria.queries():
            filters = {
                "StudyDate": criteria.dates,
                BY_MODALITY: criteria.modality,
                "AccessionNumber": accession,
                "PatientID": patient,
            }
            filters = {name: value for name, value in filters.items() if value}
            for uid, answer in self._ask_for_studies(filters).items():
                study = _read_study(uid, answer)
                if meets_criteria(study, criteria):
                    studies[uid] = study
        return list(studies.values())

    def list_instances(self, study_uid: str, modality: str) -> list[Instance]:
        """List the instances of a study in the series of a modality."""
        listed = []
        for series_uid, series in self._ask(f"studies/{study_uid}/series", SERIES).items():
            if _read_value(series, MODALITY) not in ("", modality):
                continue
            answers = self._ask(f"studies/{study_uid}/series/{series_uid}/instances", INSTANCE)
            number = _read_number(series, SERIES_NUMBER)
            for uid, answer in answers.items():
                listed.append(Instance(number, _read_number(answer, INSTANCE_NUMBER), uid, series_uid))
        return listed

    def fetch(self, study_uid: str, order: Order, keep: Keep) -> None:
        """Stream the instances of an order, in the transfer syntax they are stored in."""
        series = f"{self._url}/studies/{study_uid}/series/{order.series_uid}"
        if not order.is_whole:
            for uid in order.instances:
                self._stream(f"{series}/instances/{uid}", 1, keep)
        else:
            self._stream(series, len(order.instances), keep)

    def _ask_for_studies(self, filters: Mapping[str, str]) -> dict[str, Row]:
        """Ask with all criteria, or without the modality if that makes the server ignore the offset.

        Orthanc does so. Every criterion is checked again here, so that the same studies are found.
        """
        try:
            return self._ask("studies", STUDY, {"includefield": STUDY_FIELDS, **filters})
        except PacsError as error:
            if error.fault is not Fault.UNFIT or BY_MODALITY not in filters or not self._settings.paging:
                raise
        log.info("the PACS does not page lists by modality: it is asked for exams of all modalities")
        others = {name: value for name, value in filters.items() if name != BY_MODALITY}
        return self._ask("studies", STUDY, {"includefield": STUDY_FIELDS, **others})

    def _ask(self, path: str, name: str, params: Mapping[str, Any] | None = None) -> dict[str, Row]:
        """Collect all pages of a list, by UID."""
        name_of, filters, allowance = partial(_require_value, name=name), params or {}, self._make_allowance()
        with self._wait():
            if not self._settings.paging:
                return collect_at_once(self._read_page(path, filters, allowance), name_of)
            return collect_rows(lambda offset: self._read_page(path, {**filters, "offset": offset}, allowance), name_of)

    def _read_page(self, path: str, params: Mapping[str, Any], allowance: Allowance) -> Page:
        url = f"{self._url}/{path}"
        with get_answer(self._session, url, params, JSON, self._settings.timeout_s) as answer:
            content = b"".join(allowance.pass_on(answer.iter_content(PIECE)))
            is_partial = says_partial(answer.headers.get("Warning", ""))
        rows = json.loads(content.decode("utf-8")) if content.strip() else []
        # Some servers send a single data set without its list.
        return Page([rows] if isinstance(rows, dict) else rows, is_partial)

    def _stream(self, url: str, count: int, keep: Keep) -> None:
        """Pass on the objects of an answer, which must not be more than were asked for."""
        asked = partial(get_answer, self._session, url, {}, UNALTERED, self._settings.timeout_s)
        with self._wait() as deadline, asked() as answer:
            pieces = answer.iter_content(PIECE)
            boundary = read_boundary(answer.headers.get("Content-Type", ""))
            if not boundary:
                content = b"".join(Allowance(self._settings.object_mb, "object_mb").pass_on(pieces))
                deadline.require_time()  # without a length, a body that was cut looks whole
                keep(content)
                return
            for number, content in enumerate(split_parts(pieces, boundary, self._settings.object_mb), start=1):
                if number > count:
                    raise PacsError(Fault.WRONG, "it sends more objects than it listed", SEND_AGAIN)
                keep(content)

    def _make_allowance(self) -> Allowance:
        return Allowance(self._settings.listing_mb, "listing_mb")

    @contextmanager
    def _wait(self) -> Iterator[Deadline]:
        """Wait for one answer, until its deadline; errors become PacsError."""
        with Deadline(self._settings.deadline_s) as deadline, _translate_errors():
            yield deadline


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
    except (requests.RequestException, HTTPError) as error:
        raise PacsError(Fault.WRONG, f"the transfer broke off ({type(error).__name__})", SEND_AGAIN) from None
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
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
        issuer=_read_value(answer, "00100021"),
    )


def _read_value(answer: Mapping[str, Any], tag: str) -> str:
    values = answer.get(tag, {}).get("Value") or [""]
    return str(values[0] if values[0] is not None else "").strip()


def _require_value(answer: Mapping[str, Any], name: str) -> str:
    if not (value := _read_value(answer, name)):
        raise ValueError(f"no {name}")
    return value


def _read_number(answer: Mapping[str, Any], tag: str) -> int:
    return parse_number(_read_value(answer, tag))
