"""A request that is refused: one status, one code for scripts, one sentence for people."""

from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.page.words.sentences import book, told_fault


class Refusal(Exception):
    """Why a request is not done; becomes the answer, as JSON or as a page."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        faults: Sequence[Mapping[str, Any]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.faults = tuple(faults)
        """What is wrong with a scenario, fault by fault, in the loader's own words."""
        self.headers = dict(headers or {})

    def to_dict(self, language: str = "en") -> dict[str, Any]:
        """The JSON answer (schema ``sandbox.refusal/1``); its sentences for people in their language."""
        document: dict[str, Any] = {
            "schema": "sandbox.refusal/1",
            "code": self.code,
            "message": book(language).told(self.message),
        }
        if not self.faults:
            return document
        return {**document, "faults": [told_fault(each, language) for each in self.faults]}
