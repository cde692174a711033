"""A request that is refused: one status, one code for scripts, one sentence for people."""

from collections.abc import Mapping, Sequence
from typing import Any


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

    def to_dict(self) -> dict[str, Any]:
        """The JSON answer (schema ``sandbox.refusal/1``)."""
        document: dict[str, Any] = {
            "schema": "sandbox.refusal/1",
            "code": self.code,
            "message": self.message,
        }
        return {**document, "faults": list(self.faults)} if self.faults else document
