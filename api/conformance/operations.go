package conformance

// operation is one of the 22 of the standard.
type operation struct {
	id, method, path string
	scope            string
	success          int    // its status
	answer           schema // of a success with a body
	body             body
	async            bool // whether it takes callback
}

// body says what an operation wants of its request's.
type body int

const (
	noBody body = iota
	mayHaveBody
	needsBody
)

// The scopes of OSIA's ABIS interface.
const (
	scopeWrite      = "abis.encounter.write"
	scopeRead       = "abis.encounter.read"
	scopeIdentify   = "abis.identify"
	scopeVerify     = "abis.verify"
	scopeGallery    = "abis.gallery.read"
	scopeTaskRead   = "abis.task.read"
	scopeTaskUpdate = "abis.task.update"
)

// Scopes are those of all operations.
func Scopes() []string {
	return []string{scopeWrite, scopeRead, scopeIdentify, scopeVerify, scopeGallery, scopeTaskRead, scopeTaskUpdate}
}

const (
	onPersons = "/v1/persons"
	onPerson  = onPersons + "/{personId}"
	onVisits  = onPerson + "/encounters"
	onVisit   = onVisits + "/{encounterId}"
	onTwo     = onPersons + "/{personIdTarget}"
	onSearch  = "/v1/identify/{galleryId}"
)

var operations = []operation{
	{"createEncounterNoIds", "POST", onPersons, scopeWrite, 200, extendablePersonIDs, needsBody, true},
	{"createEncounterNoId", "POST", onVisits, scopeWrite, 200, extendablePersonIDs, needsBody, true},
	{"readAllEncounters", "GET", onVisits, scopeRead, 200, list(encounter), noBody, true},
	{"createEncounter", "POST", onVisit, scopeWrite, 200, extendablePersonIDs, needsBody, true},
	{"readEncounter", "GET", onVisit, scopeRead, 200, encounter, noBody, true},
	{"updateEncounter", "PUT", onVisit, scopeWrite, 200, extendablePersonIDs, needsBody, true},
	{"deleteEncounter", "DELETE", onVisit, scopeWrite, 204, schema{}, noBody, true},
	{"mergeEncounter", "POST", onTwo + "/merge/{personIdSource}", scopeWrite, 204, schema{}, noBody, true},
	{"moveEncounter", "POST", onTwo + "/move/{personIdSource}/encounters/{encounterId}", scopeWrite, 204, schema{}, noBody, true},
	{"updateEncounterStatus", "PUT", onVisit + "/status", scopeWrite, 204, schema{}, noBody, true},
	{"updateEncounterGalleries", "PUT", onVisit + "/galleries", scopeWrite, 204, schema{}, needsBody, true},
	{"readTemplate", "GET", onVisit + "/templates", scopeRead, 200, list(computedData), noBody, true},
	{"deleteAll", "DELETE", onPerson, scopeWrite, 204, schema{}, noBody, true},
	{"identify", "POST", onSearch, scopeIdentify, 200, list(candidate), needsBody, true},
	{"identifyFromId", "POST", onSearch + "/{personId}", scopeIdentify, 200, list(candidate), mayHaveBody, true},
	{"identifyFromEncounterId", "POST", onSearch + "/{personId}/encounters/{encounterId}", scopeIdentify, 200, list(candidate), mayHaveBody, true},
	{"verifyFromId", "POST", "/v1/verify/{galleryId}/{personId}", scopeVerify, 200, verifyResult, needsBody, true},
	{"verifyFromBio", "POST", "/v1/verify", scopeVerify, 200, verifyResult, needsBody, true},
	{"readGalleries", "GET", "/v1/galleries", scopeGallery, 200, list(text), noBody, true},
	{"readGalleryContent", "GET", "/v1/galleries/{galleryId}", scopeGallery, 200, list(personIDs), noBody, true},
	{"readTaskStatus", "GET", "/v1/tasks/{taskId}/status", scopeTaskRead, 200, enum(taskStates...), noBody, false},
	{"redeliverTaskResult", "POST", "/v1/tasks/{taskId}/redeliver", scopeTaskUpdate, 204, schema{}, noBody, false},
}

// operationOf finds one by its id; nil: there is none of that id.
func operationOf(id string) *operation {
	for i := range operations {
		if operations[i].id == id {
			return &operations[i]
		}
	}
	return nil
}
