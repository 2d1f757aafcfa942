package conformance

import "net/http"

// example makes a request of an operation that the service must fulfil, with
// what it needs put on record before.
func (t *trial) example(op *operation) request {
	visit := t.visit(t.Photos.Mated1)
	switch op.id {
	case "createEncounterNoIds":
		return ask(op.id).body(visit)
	case "createEncounterNoId":
		return ask(op.id, t.person()).body(visit)
	case "createEncounter":
		return ask(op.id, t.person(), t.id("e")).body(visit)
	case "verifyFromBio":
		return ask(op.id).body(probes(t.Photos.Mated1, t.Photos.Mated2))
	case "readGalleries":
		return ask(op.id)
	case "readTaskStatus", "redeliverTaskResult":
		return t.exampleOfTask(op)
	}
	return t.exampleOfRecord(op)
}

// exampleOfRecord is one about a person on record.
func (t *trial) exampleOfRecord(op *operation) request {
	person, visit := t.enrolled(t.Photos.Mated1)
	r := ask(op.id, idsFor(*op, t.gallery, person, visit)...)
	switch op.id {
	case "mergeEncounter", "moveEncounter":
		source, theirs := t.enrolled(t.Photos.Mated2)
		if op.id == "moveEncounter" {
			return ask(op.id, person, source, theirs)
		}
		return ask(op.id, person, source)
	case "identifyFromId", "identifyFromEncounterId":
		t.enrolled(t.Photos.Mated2)
		return r.body(map[string]any{})
	case "updateEncounter":
		return r.body(t.visit(t.Photos.Mated2))
	case "updateEncounterStatus":
		return r.with("status", "INACTIVE")
	case "updateEncounterGalleries":
		return r.body([]any{t.gallery, t.id("g")})
	case "identify":
		return r.body(searchFor(t.Photos.Mated2))
	case "verifyFromId":
		return r.body(probe(t.Photos.Mated2))
	}
	return r
}

// exampleOfTask is one about a task whose result could not be delivered yet.
func (t *trial) exampleOfTask(op *operation) request {
	_, task := t.submit(ask("readGalleries"), http.StatusInternalServerError)
	return ask(op.id, task)
}
