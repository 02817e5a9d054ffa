"""A local DRKS."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import ClassVar

from monitor.model import Json
from monitor.sandbox.drks.bulk import bomb, packed
from monitor.sandbox.drks.trials import EXAMPLE, written_trials
from monitor.sandbox.exchange import HTML, Answer, Request
from monitor.sandbox.misbehaviour import Fault, Misbehaviour
from monitor.sandbox.small import SmallRegistry, Trial, WrittenTrial
from monitor.sandbox.small.registry import SMALL_FAULTS
from monitor.sandbox.spoiling import ERROR_PAGE

FILE = "/en/download/all-json"


class Sandbox(SmallRegistry):
    """Answers `/en/download/all-json` with the file of all trials, which is new with every change."""

    key = "drks.de"
    imitates = "DRKS"
    example = EXAMPLE
    root = "/api/drks"
    settings: ClassVar[Mapping[str, str]] = {"once_a_day": "false"}
    faults = (
        *(fault for fault in SMALL_FAULTS if fault is not Fault.WRONG_ID),
        Fault.BOMB,
    )  # nothing is asked by its id
    id_form = r"DRKS[0-9]{8}"
    empty = b""
    title = "trialDescriptions.1.title"
    long_text = "trialDescriptions.1.summary"
    form: ClassVar[Mapping[str, str]] = {
        "Title": title,
        "Status": "recruitment.status",
        "Why stopped": "recruitment.recruitmentDescriptions.1.reasonDescription",
        "Planned participants": "recruitment.plannedParticipants",
        "Participants": "recruitment.totalParticipants",
        "Started": "recruitment.actualStartDate",
        "Completed": "recruitment.actualCompletionDate",
        "To be completed": "recruitment.scheduledCompletionDate",
        "Primary outcome": "studyCharacteristic.characteristicDescriptions.1.primaryOutcome",
    }

    def written(self, today: date) -> Mapping[str, WrittenTrial]:
        """The written trials."""
        return written_trials(today)

    def varied(self, tree: Json, number: int) -> str:
        """Another number and titles."""
        trial_id = f"DRKS{90_000_000 + number}"
        tree["drksId"] = trial_id
        for text in tree["trialDescriptions"]:
            text["title"] += f" {number}"
        return trial_id

    def answer_well(self, request: Request, trials: Mapping[str, Trial]) -> Answer:
        """The file."""
        if request.path.removeprefix(self.root) != FILE:
            return Answer(404, HTML, ERROR_PAGE)
        return Answer(200, "application/zip", packed(self.file_name, trials.values()), self.headers)

    @property
    def file_name(self) -> str:
        """What the file of this moment is called, without its ending."""
        return f"DRKS_all_{self.build.at:%Y%m%d}"

    @property
    def headers(self) -> Mapping[str, str]:
        """What says that the answer is that file."""
        return {"content-disposition": f'attachment; filename="{self.file_name}.zip"'}

    def spoil(self, misbehaviour: Misbehaviour, good: Answer) -> Answer:
        """The bomb is a zip."""
        if misbehaviour.kind is Fault.BOMB:
            return replace(good, body=bomb(self.file_name))
        return super().spoil(misbehaviour, good)
