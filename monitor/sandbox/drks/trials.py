"""The trials of the sandbox, all invented, each as the file of all trials has it but for its last update. Pure."""

from datetime import date, timedelta

from monitor.model import Json
from monitor.sandbox.small.trees import State, WrittenTrial

EXAMPLE = "DRKS00038775"


def written_trials(today: date) -> dict[str, WrittenTrial]:
    """By id: one that is suspended and discontinued, one that is complete but for its follow-up, one to come."""
    suspended = State("Suspended", {"recruitment.status": "SUSPENDED"})
    discontinued = State(
        "Discontinued, with a reason",
        {
            "recruitment.status": "DISCONTINIUED",  # the registry spells it so
            "recruitment.totalParticipants": 17,
            "recruitment.actualCompletionDate": today.isoformat(),
            "recruitment.recruitmentDescriptions.0.reasonDescription": "Die Waage war verstimmt.",
            "recruitment.recruitmentDescriptions.1.reasonDescription": "The scales were out of tune.",
        },
    )
    followed = State("Recruitment complete", {"recruitment.status": "COMPLETE_FOLLOW_UP_CONTINUING"})
    return {
        EXAMPLE: WrittenTrial(
            record(EXAMPLE, today, ("Barfuß im Büro", "Barefoot at the office"), "RECRUITING"),
            (suspended, discontinued),
        ),
        "DRKS00010001": WrittenTrial(
            record("DRKS00010001", today, ("Licht am Abend", "Light in the evening"), "INVITE_ONLY"), (followed,)
        ),
        "DRKS00010002": WrittenTrial(
            record("DRKS00010002", today, ("Pausen im Schichtdienst", "Breaks on shift"), "PENDING")
        ),
        "DRKS00010003": WrittenTrial(
            record("DRKS00010003", today, ("Tee statt Kaffee", "Tea in place of coffee"), "COMPLETE_FOLLOW_UP_COMPLETE")
        ),
    }


def record(trial_id: str, today: date, titles: tuple[str, str], status: str) -> Json:
    """A whole record, in both languages."""
    german, english = titles
    begun = status != "PENDING"
    start = (today + timedelta(days=-150 if begun else 30)).isoformat()
    return {
        "drksId": trial_id,
        "trialStatus": "REGISTERED",
        "registrationDrks": (today - timedelta(days=180)).isoformat(),
        "registrationType": "PROSPECTIVE",
        "url": None,
        "trialDescriptions": [
            described("de", title=german, summary="Diese Studie ist erfunden.", acronym=None),
            described("en", title=english, summary="This trial is invented.", acronym=None),
        ],
        "recruitment": recruitment(today, start if begun else None, None if begun else start, status),
        "studyCharacteristic": {
            "type": "INTERVENTIONAL",
            "phase": "N_A",
            "allocation": "RANDOMIZED_CONTROLLED_TRIAL",
            "assignment": "PARALLEL",
            "blindingType": "OPEN",
            "purpose": "PREVENTION",
            "characteristicDescriptions": [
                described("de", primaryOutcome="Zufriedenheit nach 8 Wochen", secondaryOutcome="Krankheitstage"),
                described("en", primaryOutcome="Contentment after 8 weeks", secondaryOutcome="Days of sick leave"),
            ],
        },
        "interventionalGroups": [
            {"comment": comment, "idArm": {"arm": arm, "locale": locale}}
            for arm, locale, comment in (
                (1, "de", "Mit"),
                (1, "en", "With it"),
                (2, "de", "Ohne"),
                (2, "en", "Without it"),
            )
        ],
        "studiedHealthConditions": [
            {
                "type": "MAIN",
                "catalog": "FREETEXT",
                "code": None,
                "studiedHealthConditionDescriptions": [
                    described("de", comment="Müdigkeit"),
                    described("en", comment="Tiredness"),
                ],
            }
        ],
        "trialContacts": [
            {"idContactIdType": {"type": "PRIMARY_SPONSOR"}, "otherType": None, "contact": sponsor()},
        ],
        "secondaryIds": {"eudraCtNumber": None, "universalTrialNumber": None, "otherPrimaryRegisterId": None},
        "otherSecondaryIds": [],
        "trialResults": {"firstPublication": None, "firstResultPublication": None, "publications": []},
    }


def described(locale: str, **texts: str | None) -> Json:
    """Texts in one language."""
    return {"idLocale": {"locale": locale}, **texts}


def recruitment(today: date, actual: str | None, scheduled: str | None, status: str) -> Json:
    """Who takes part, where and when."""
    return {
        "status": status,
        "actualStartDate": actual,
        "scheduledStartDate": scheduled,
        "actualCompletionDate": None,
        "scheduledCompletionDate": (today + timedelta(days=300)).isoformat(),
        "plannedParticipants": 80,
        "totalParticipants": None,
        "gender": "ALL",
        "healthyVolunteers": True,
        "minimumAge": {"amount": 18, "unit": "YEARS"},
        "maximumAge": {"amount": None, "unit": "NO_MAX_AGE"},
        "centricType": "MONOCENTRIC",
        "countries": [{"idCountry": {"code": "DE"}}],
        "institutes": [{"city": "Freiburg", "name": "Sandkasten-Klinik", "type": "MEDICAL_CENTER"}],
        "recruitmentDescriptions": [
            described("de", inclusionCriteria="Arbeitet im Sitzen", exclusionCriteria="Keine", reasonDescription=None),
            described("en", inclusionCriteria="Works sitting down", exclusionCriteria="None", reasonDescription=None),
        ],
    }


def sponsor() -> Json:
    """Who is responsible, with a person whom nobody should keep."""
    return {
        "affiliation": "Sandkasten-Klinik Freiburg",
        "city": "Freiburg",
        "country": "DE",
        "firstName": "No",
        "lastName": "Body",
        "email": "nobody@example.org",
    }
