"""What schemathesis needs to know of this service: photographs, ids, a listener.

A case that fits the schema is given real photographs and the ids of somebody on
record; whatever else was generated stays. A case that shall be refused keeps
what is wrong with it, and gets sound ids only where the path is not what is wrong.
"""

import atexit
import base64
import itertools
import os

import schemathesis
from schemathesis.core.parameters import ParameterLocation

import inbox
import narrow
import people
import table

ACCEPTS, REFUSES = inbox.listen(int(os.environ["CONTRACT_INBOX"]))
crowd = people.Crowd()
turns = itertools.count()
statuses = table.Table()


@schemathesis.hook
def before_load_schema(ctx, raw_schema):
    narrow.narrow(raw_schema, [ACCEPTS])
    narrow.tell()


@schemathesis.hook
def before_call(ctx, case, kwargs):
    meta = case.meta
    if meta is None:
        return
    who = 0
    if not meta.is_negative_at(ParameterLocation.PATH):
        who = ARRANGED.get(operation(case), nobody)(case)
    if meta.generation.mode.is_positive:
        if next(turns) % 4:  # one in four of those that have a callback keeps it
            case.query.pop("callback", None)
        supply(case, who)


@schemathesis.hook
def after_call(ctx, case, response):
    mode = case.meta.generation.mode.value if case.meta else "probe"
    statuses.add(operation(case), mode, response.status_code)


@atexit.register
def tell():
    statuses.write(os.environ["CONTRACT_TABLE"], dict(inbox.counts))


def operation(case):
    return case.operation.definition.raw["operationId"]


def supply(case, who):
    """Gives the FACE items photographs of a person, and a probe at least one of them."""
    case.query.update(narrow.cut(dict(case.query)))
    if not isinstance(case.body, dict):
        return
    body = narrow.cut(case.body)
    probe = "verify" in case.path or "identify" in case.path
    for key, photograph in (("biometricData", 1), ("biometricData1", 0), ("biometricData2", 1)):
        if isinstance(body.get(key), list):
            body[key] = items(body[key], who, photograph, probe)
    if probe:
        body.pop("encryption", None)  # an encrypted face can't be compared
    case.body = body


def items(generated, who, photograph, probe):
    result = []
    for item in generated[:2]:
        item.pop("imageRef", None)
        if isinstance(item.get("template"), str):
            item["template"] = base64.b64encode(item["template"].encode()).decode()
        if probe:
            item.pop("encryption", None)
        if item["biometricType"] == "FACE":
            item |= people.face(who, photograph)
        elif "image" in item:
            item["image"] = base64.b64encode(b"not a face").decode()
        result.append(item)
    if probe and not any(i["biometricType"] == "FACE" for i in result):
        result.append(people.face(who, photograph))
    return result


# Whom an operation is asked about: each says which of the two faces that is.


def nobody(case):
    return 0


def somebody(case):
    case.path_parameters["personId"], who = crowd.next()
    if "encounterId" in case.path_parameters:
        case.path_parameters["encounterId"] = "1"
    in_gallery(case)
    return who


def templates(case):
    if next(turns) % 4:  # nobody has fingers on record: 404
        for name in ("biometricType", "biometricSubType", "instance", "templateFormat", "qualityFormat"):
            case.query.pop(name, None)
    return somebody(case)


def in_gallery(case):
    if "galleryId" in case.path_parameters:
        crowd.enrolled()
        case.path_parameters["galleryId"] = "ALL" if next(turns) % 5 == 0 else "residents"
    return 0


def newcomer(case):
    case.path_parameters["personId"] = people.new_id()
    if isinstance(case.body, dict):
        case.body.pop("encounterId", None)
    return 0


def stranger(case):
    case.path_parameters["personId"] = people.stranger()
    if "encounterId" in case.path_parameters:
        case.path_parameters["encounterId"] = "1"
    if isinstance(case.body, dict):
        case.body.pop("encounterId", None)
    return 0


def two(case):
    case.path_parameters["personIdTarget"] = people.stranger("1")
    case.path_parameters["personIdSource"] = people.stranger("2")
    if "encounterId" in case.path_parameters:
        case.path_parameters["encounterId"] = "2"
    return 0


def task(case):
    callback = REFUSES if operation(case) == "redeliverTaskResult" else ACCEPTS
    case.path_parameters["taskId"] = people.call("GET", f"/v1/galleries?callback={callback}")["taskId"]
    return 0


ARRANGED = {
    "createEncounterNoId": newcomer, "createEncounter": newcomer, "readAllEncounters": somebody, "readEncounter": somebody,
    "readTemplate": templates, "updateEncounter": stranger, "deleteEncounter": stranger, "deleteAll": stranger,
    "mergeEncounter": two, "moveEncounter": two, "updateEncounterStatus": stranger, "updateEncounterGalleries": stranger,
    "identify": in_gallery, "identifyFromId": somebody, "identifyFromEncounterId": somebody, "verifyFromId": somebody,
    "readGalleryContent": in_gallery, "readTaskStatus": task, "redeliverTaskResult": task,
}
