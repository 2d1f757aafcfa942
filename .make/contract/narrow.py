"""What Oblik answers where OSIA Biometrics 1.6.1 is silent, told to schemathesis.

The standard's file leaves the form of ids, the length of texts and the bounds
of numbers open, and declares no answer for what HTTP itself demands. Each rule
below says that much more, in memory, with the clause that makes it necessary.
No check is switched off: what the rules name is checked as strictly as the rest.
"""

ID = r"^[A-Za-z0-9][A-Za-z0-9_.:@-]{0,127}$"
GALLERY = r"^(?!ALL$)[A-Za-z0-9][A-Za-z0-9_.:@-]{0,127}$"
VERIFY_FLOOR, IDENTIFY_FLOOR = 30, 10  # the service's own

# Answers that the standard's tables lack: status, which paths, why. All have the body Error.
ANSWERS = [
    ("401", "", "no table of answers has it; the chapter on security asks for bearer tokens, so RFC 6750, 3.1"),
    ("404", "{", "a path whose id is empty or holds a slash is no path (RFC 9110, 15.5.5); updateEncounterStatus and"
                 " updateEncounterGalleries have no answer at all for a record that is not there"),
    ("429", "/verify/", "the standard has no limit on guessing: after too many failed verifications a person waits"),
]

CLAUSES = {
    "ids": "personId, encounterId, galleryId, taskId: strings without pattern or length; a path, a log and a file need one",
    "galleries": "Encounter.galleries: `ALL` is used in searches for all galleries, so that none can be called so",
    "lengths": "texts and lists have no maxLength and no maxItems; what is sent has at most 256 bytes a text (id of Integrity 128, alg 64) and 16 items a list",
    "empty": "transactionId, Encounter.encounterType: required without minLength, and an empty text says nothing",
    "numbers": "width, height, limit...: integers without bounds; priority and serviceLevel have 0..9 in their descriptions alone",
    "threshold": "threshold: a number without scale or bounds; no client may go below the operator's floor",
    "status": "updateEncounterStatus: status is a bare string; its values are those of Encounter.status",
    "callback": "callback: any uri; it is asked from inside the operator's network, so only hosts that are listed",
    "filter": "Filter: any keys; one that nobody has is refused, since ignoring it would widen the search",
    "ref": "BiometricData.imageRef: any uri, as callback; none is sent here",
    "base64": "BiometricData.image, template: `Encoded image buffer`, a bare string; the prose says base64",
}

NUMBERS = {
    "priority": (0, 9), "serviceLevel": (0, 9), "maxNbCand": (1, 1000), "offset": (0, 2**31 - 1), "limit": (1, 100_000),
    "width": (0, 2**31 - 1), "height": (0, 2**31 - 1), "bitdepth": (0, 2**31 - 1), "resolution": (0, 2**31 - 1),
}
LENGTHS = {"id": 128, "alg": 64}  # in bytes of UTF-8, which JSON Schema can't say: see cut
IDS = {"personId", "encounterId", "personIdTarget", "personIdSource", "taskId"}
SENT = ["Encounter", "BiometricData", "Encryption", "Integrity", "MissingType"]


def narrow(document, callbacks):
    """Changes the standard's document in place."""
    schemas = document["components"]["schemas"]
    for name in SENT:
        for key, schema in schemas[name].get("properties", {}).items():
            _value(key, schema, "")
    galleries = document["paths"]["/v1/persons/{personId}/encounters/{encounterId}/galleries"]["put"]["requestBody"]
    for schema in (schemas["Encounter"]["properties"]["galleries"], galleries["content"]["application/json"]["schema"]):
        schema |= {"maxItems": 64, "items": {"type": "string", "pattern": GALLERY}}
    schemas["Filter"] |= {"additionalProperties": False, "properties": {"biometricType": {
        "type": "array", "items": {"$ref": "#/components/schemas/BiometricType"}, "minItems": 1}}}
    error = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    for path, operations in document["paths"].items():
        for operation in operations.values():
            for parameter in operation["parameters"]:
                _value(parameter["name"], parameter["schema"], path)
                if parameter["name"] == "callback":
                    parameter["schema"].update({"enum": callbacks})
                    parameter["schema"].pop("example", None)
            for status, only, _ in ANSWERS:
                if only in path:
                    operation["responses"].setdefault(status, {"description": "of the transport", "content": error})


def _value(key, schema, path):
    if key in NUMBERS:
        schema["minimum"], schema["maximum"] = NUMBERS[key]
    elif key in IDS:
        schema["pattern"] = ID
    elif key == "galleryId":
        schema["pattern"] = ID
    elif key == "threshold":
        schema |= {"minimum": IDENTIFY_FLOOR if "identify" in path else VERIFY_FLOOR, "maximum": 100}
    elif key == "status" and path:
        schema["enum"] = ["ACTIVE", "INACTIVE"]
    elif key in ("transactionId", "encounterType"):
        schema["minLength"] = 1


def tell():
    """The rules, as the run prints them."""
    print("every check is on; what the standard leaves open and Oblik says:")
    for status, only, clause in ANSWERS:
        print(f"  answer {status}{f' where the path has {only}' if only else ''}: {clause}")
    for name, clause in CLAUSES.items():
        print(f"  {name}: {clause}")


def cut(value, key=""):
    """The value with its texts and lists no longer than is accepted."""
    if isinstance(value, dict):
        return {k: cut(v, k) for k, v in value.items()}
    if isinstance(value, list):
        return [cut(v) for v in value[:16]]
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")[:LENGTHS.get(key, 256)].decode("utf-8", "ignore")
    return value
