package osia

import "github.com/gofiber/fiber/v2"

// route is one operation of OSIA Biometrics 1.6.1.
type route struct {
	method, path string
	operation    string // OSIA's operationId
	scope        string
	query        []string // parameters it takes beside transactionId
	body         bodyRule
	rank         int // of its tasks: verify before identify before all else
	prepare      func(*call) (work, error)
}

// bodyRule says whether a request has a JSON body.
type bodyRule int

const (
	noBody bodyRule = iota // none is read
	optionalBody
	requiredBody
)

// The ranks; a client's priority, 0..9, orders the tasks of one rank.
const (
	rankOther    = 0
	rankIdentify = 10
	rankVerify   = 20
)

// The parameters that several operations share.
var (
	queryLater    = []string{"callback"}
	queryCall     = []string{"callback", "priority"}
	queryCreate   = append([]string{"algorithm"}, queryCall...)
	queryStatus   = append([]string{"status"}, queryLater...)
	queryTemplate = append([]string{"biometricType", "biometricSubType", "instance", "templateFormat", "qualityFormat"}, queryCall...)
	queryPage     = append([]string{"offset", "limit"}, queryCall...)
	querySearch   = append([]string{"threshold", "accuracyLevel", "serviceLevel"}, queryCall...)
	queryBest     = append([]string{"maxNbCand"}, querySearch...)
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
	{fiber.MethodPost, pathPersons, "createEncounterNoIds", scopeWrite, queryCreate, requiredBody, rankOther, createNoIDs},
	{fiber.MethodPost, pathVisits, "createEncounterNoId", scopeWrite, queryCreate, requiredBody, rankOther, createNoID},
	{fiber.MethodGet, pathVisits, "readAllEncounters", scopeRead, queryCall, noBody, rankOther, readAll},
	{fiber.MethodPost, pathVisit, "createEncounter", scopeWrite, queryCreate, requiredBody, rankOther, create},
	{fiber.MethodGet, pathVisit, "readEncounter", scopeRead, queryCall, noBody, rankOther, read},
	{fiber.MethodPut, pathVisit, "updateEncounter", scopeWrite, queryCreate, requiredBody, rankOther, update},
	{fiber.MethodDelete, pathVisit, "deleteEncounter", scopeWrite, queryCall, noBody, rankOther, erase},
	{fiber.MethodPost, pathTwo + "/merge/:personIdSource", "mergeEncounter", scopeWrite, queryCall, noBody, rankOther, merge},
	{fiber.MethodPost, pathTwo + "/move/:personIdSource/encounters/:encounterId", "moveEncounter", scopeWrite, queryCall, noBody, rankOther, move},
	{fiber.MethodPut, pathVisit + "/status", "updateEncounterStatus", scopeWrite, queryStatus, noBody, rankOther, setStatus},
	{fiber.MethodPut, pathVisit + "/galleries", "updateEncounterGalleries", scopeWrite, queryLater, requiredBody, rankOther, setGalleries},
	{fiber.MethodGet, pathVisit + "/templates", "readTemplate", scopeRead, queryTemplate, noBody, rankOther, readTemplates},
	{fiber.MethodDelete, pathPerson, "deleteAll", scopeWrite, queryCall, noBody, rankOther, erasePerson},
	{fiber.MethodPost, pathIdentify, "identify", scopeIdentify, queryBest, requiredBody, rankIdentify, identify},
	{fiber.MethodPost, pathIdentify + "/:personId", "identifyFromId", scopeIdentify, queryBest, optionalBody, rankIdentify, identifyFromID},
	{fiber.MethodPost, pathIdentify + "/:personId/encounters/:encounterId", "identifyFromEncounterId", scopeIdentify, queryBest, optionalBody, rankIdentify, identifyFromEncounter},
	{fiber.MethodPost, pathVerify + "/:galleryId/:personId", "verifyFromId", scopeVerify, querySearch, requiredBody, rankVerify, verifyFromID},
	{fiber.MethodPost, pathVerify, "verifyFromBio", scopeVerify, querySearch, requiredBody, rankVerify, verifyFromBio},
	{fiber.MethodGet, pathGalleries, "readGalleries", scopeGallery, queryCall, noBody, rankOther, readGalleries},
	{fiber.MethodGet, pathGalleries + "/:galleryId", "readGalleryContent", scopeGallery, queryPage, noBody, rankOther, readGalleryContent},
	{fiber.MethodGet, pathTask + "/status", "readTaskStatus", scopeTaskRead, nil, noBody, rankOther, readTaskStatus},
	{fiber.MethodPost, pathTask + "/redeliver", "redeliverTaskResult", scopeTaskUpdate, nil, noBody, rankOther, redeliver},
}
