package osia

import "github.com/gofiber/fiber/v2"

// route is one operation of OSIA Biometrics 1.6.1.
type route struct {
	method, path string
	operation    string // OSIA's operationId
	scope        string
	query        []string                    // parameters it takes beside transactionId
	body         bool                        // whether a JSON body is required
	handle       func(*call) (answer, error) // nil: not implemented yet, answered by code 50101; query and body unset
}

// The parameters that several operations share.
var (
	queryCall   = []string{"callback", "priority"}
	queryCreate = append([]string{"algorithm"}, queryCall...)
	querySearch = append([]string{"threshold", "accuracyLevel", "serviceLevel"}, queryCall...)
	queryBest   = append([]string{"maxNbCand"}, querySearch...)
)

const (
	pathPersons   = "/v1/persons"
	pathPerson    = pathPersons + "/:personId"
	pathVisits    = pathPerson + "/encounters"
	pathVisit     = pathVisits + "/:encounterId"
	pathTwo       = pathPersons + "/:personIdTarget"
	pathIdentify  = "/v1/identify/:galleryId"
	pathVerify    = "/v1/verify"
	pathGalleries = "/v1/galleries"
	pathTask      = "/v1/tasks/:taskId"
)

// routes are the 22 operations, in the order of the standard.
var routes = []route{
	{fiber.MethodPost, pathPersons, "createEncounterNoIds", scopeWrite, queryCreate, true, createNoIDs},
	{fiber.MethodPost, pathVisits, "createEncounterNoId", scopeWrite, queryCreate, true, createNoID},
	{fiber.MethodGet, pathVisits, "readAllEncounters", scopeRead, queryCall, false, readAll},
	{fiber.MethodPost, pathVisit, "createEncounter", scopeWrite, queryCreate, true, create},
	{fiber.MethodGet, pathVisit, "readEncounter", scopeRead, queryCall, false, read},
	{fiber.MethodPut, pathVisit, "updateEncounter", scopeWrite, nil, false, nil},
	{fiber.MethodDelete, pathVisit, "deleteEncounter", scopeWrite, queryCall, false, erase},
	{fiber.MethodPost, pathTwo + "/merge/:personIdSource", "mergeEncounter", scopeWrite, nil, false, nil},
	{fiber.MethodPost, pathTwo + "/move/:personIdSource/encounters/:encounterId", "moveEncounter", scopeWrite, nil, false, nil},
	{fiber.MethodPut, pathVisit + "/status", "updateEncounterStatus", scopeWrite, nil, false, nil},
	{fiber.MethodPut, pathVisit + "/galleries", "updateEncounterGalleries", scopeWrite, nil, false, nil},
	{fiber.MethodGet, pathVisit + "/templates", "readTemplate", scopeRead, nil, false, nil},
	{fiber.MethodDelete, pathPerson, "deleteAll", scopeWrite, queryCall, false, erasePerson},
	{fiber.MethodPost, pathIdentify, "identify", scopeIdentify, queryBest, true, identify},
	{fiber.MethodPost, pathIdentify + "/:personId", "identifyFromId", scopeIdentify, nil, false, nil},
	{fiber.MethodPost, pathIdentify + "/:personId/encounters/:encounterId", "identifyFromEncounterId", scopeIdentify, nil, false, nil},
	{fiber.MethodPost, pathVerify + "/:galleryId/:personId", "verifyFromId", scopeVerify, querySearch, true, verifyFromID},
	{fiber.MethodPost, pathVerify, "verifyFromBio", scopeVerify, querySearch, true, verifyFromBio},
	{fiber.MethodGet, pathGalleries, "readGalleries", scopeGallery, queryCall, false, readGalleries},
	{fiber.MethodGet, pathGalleries + "/:galleryId", "readGalleryContent", scopeGallery, nil, false, nil},
	{fiber.MethodGet, pathTask + "/status", "readTaskStatus", scopeTaskRead, nil, false, nil},
	{fiber.MethodPost, pathTask + "/redeliver", "redeliverTaskResult", scopeTaskUpdate, nil, false, nil},
}
