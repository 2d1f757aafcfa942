"""People for schemathesis to ask about, enrolled over HTTP from real photographs."""

import base64
import itertools
import json
import os
import pathlib
import urllib.request

URL, TOKEN = os.environ["CONTRACT_URL"], os.environ["CONTRACT_TOKEN"]
PHOTOS = pathlib.Path(os.environ["CONTRACT_PHOTOS"])
CROWD = 40  # people who stay; each may fail a few verifications

_numbers = itertools.count(1)


def _photo(name):
    return base64.b64encode((PHOTOS / name).read_bytes()).decode()


# Two people; the first has two photographs.
FACES = [[_photo("obama2.jpg"), _photo("obama.jpg")], [_photo("biden.jpg")]]


def call(method, path, body=None):
    """An answer's JSON, None for none; an error answer is an exception."""
    request = urllib.request.Request(
        f"{URL}{path}{'&' if '?' in path else '?'}transactionId=hooks",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": "Bearer " + TOKEN, "Content-Type": "application/json"},
        method=method,
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        text = answer.read()
    return json.loads(text) if text else None


def new_id():
    """An id that nobody has."""
    return f"new-{next(_numbers)}"


def face(who, photograph=0):
    """A FACE item of one of the two people."""
    images = FACES[who % len(FACES)]
    return {"biometricType": "FACE", "image": images[photograph % len(images)]}


def enrol(person, encounter="1", who=0, gallery="residents"):
    """Puts somebody on record and returns the id."""
    call("POST", f"/v1/persons/{person}/encounters/{encounter}", {
        "status": "ACTIVE", "encounterType": "contract", "galleries": [gallery], "biometricData": [face(who)]})
    return person


def stranger(encounter="1"):
    """Somebody new, for an operation that changes or erases a record."""
    return enrol(new_id(), encounter)


class Crowd:
    """People who stay on record; each request asks about the next one."""

    def __init__(self):
        self._people = []
        self._turn = itertools.count()

    def enrolled(self):
        """Their ids."""
        if not self._people:
            self._people = [enrol(f"crowd-{i}", who=i) for i in range(CROWD)]
        return self._people

    def next(self):
        """An id and which of the two people it is."""
        i = next(self._turn) % CROWD
        return self.enrolled()[i], i
