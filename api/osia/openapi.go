package osia

import (
	"encoding/json"
	"slices"
	"strings"
)

// The description of the interface as it is offered here, in OpenAPI 3.0, which
// generators of clients read best. It is put together from the route table, the
// table of errors and those of this file and its neighbours, so that it says
// what the server does; it is no copy of the standard's file.

// part is any part of the description.
type part = map[string]any

// offer is what a route's operation is about.
type offer struct {
	tag, summary string
	body         string // schema of the request's; empty for none
	success      string // schema of the answer's, "[]" before that of an element; empty for 204
}

var offers = map[string]offer{
	"createEncounterNoIds":     {"Records", "Enrol somebody; the service makes both ids.", "NewEncounter", "ExtendablePersonIds"},
	"createEncounterNoId":      {"Records", "Add an encounter, and the person if there is none; the service makes the encounter's id.", "NewEncounter", "ExtendablePersonIds"},
	"readAllEncounters":        {"Records", "Read all encounters of a person, with their images.", "", "[]Encounter"},
	"createEncounter":          {"Records", "Add an encounter, and the person if there is none. Sent twice, it is done once and then 409.", "NewEncounter", "ExtendablePersonIds"},
	"readEncounter":            {"Records", "Read one encounter, with its images.", "", "Encounter"},
	"updateEncounter":          {"Records", "Replace an encounter by the body, all of it: without an image it has none any more.", "NewEncounter", "ExtendablePersonIds"},
	"deleteEncounter":          {"Records", "Erase an encounter, with its images and templates, and the person with the last one.", "", ""},
	"mergeEncounter":           {"Records", "Give all encounters of the source to the target, or change nothing. The source is unknown then.", "", ""},
	"moveEncounter":            {"Records", "Give one encounter of the source to the target.", "", ""},
	"updateEncounterStatus":    {"Records", "Set an encounter's status: INACTIVE is never found and never verified.", "", ""},
	"updateEncounterGalleries": {"Records", "Put an encounter into these galleries and no others.", "GalleryIds", ""},
	"readTemplate":             {"Records", "Read the templates of an encounter; items without one are left out.", "", "[]BiometricComputedData"},
	"deleteAll":                {"Records", "Erase a person: all encounters, images and templates.", "", ""},
	"identify":                 {"Searches", "Search who in the gallery is in these photographs.", "IdentifyRequest", "[]Candidate"},
	"identifyFromId":           {"Searches", "Search who else resembles a person on record.", "Filter", "[]Candidate"},
	"identifyFromEncounterId":  {"Searches", "Search who else resembles a person, by one encounter.", "Filter", "[]Candidate"},
	"verifyFromId":             {"Searches", "Compare photographs with a person in a gallery.", "VerifyFromIdRequest", "VerifyResult"},
	"verifyFromBio":            {"Searches", "Compare two sets of photographs; nothing is stored.", "VerifyFromBioRequest", "VerifyResult"},
	"readGalleries":            {"Galleries", "List the galleries that hold an encounter.", "", "GalleryNames"},
	"readGalleryContent":       {"Galleries", "List the encounters of a gallery, INACTIVE ones too, by person and encounter; also as text/csv.", "", "[]PersonIds"},
	"readTaskStatus":           {"Tasks", "Read how far an asynchronous request has come.", "", "TaskStatus"},
	"redeliverTaskResult":      {"Tasks", "Ask for another delivery of a result.", "", ""},
}

const about = `Face matching over the OSIA Biometrics v1.6.1 interface of the Secure Identity Alliance, as this server offers it. ` +
	"Scores are -10*log10 of a false match rate: 40 is 1 in 10,000.\n\n" +
	`Every operation needs transactionId, a bearer token with the scope that it names, and no other query parameters than those listed. ` +
	`Unknown keys of a body are refused. Lengths are in bytes of UTF-8. Every error has the body Error, whose code is the HTTP status times 100 and a number. ` +
	`With callback the answer is 202, and the result is posted to that URL.`

// describe is the description, as JSON, for a server with these limits in bytes.
func describe(bodyLimit, maxImage int) ([]byte, error) {
	paths := part{
		"/livez":  part{"get": probeOf("liveness", "Whether the process answers.")},
		"/readyz": part{"get": probeOf("readiness", "Whether the service can answer: the index is loaded, the database is there, faces can be read.")},
	}
	for _, r := range routes {
		path := templateOf(r.path)
		item, ok := paths[path].(part)
		if !ok {
			item = part{}
			paths[path] = item
		}
		item[strings.ToLower(r.method)] = operationOf(r)
	}
	return json.Marshal(part{
		"openapi": "3.0.3",
		"info":    part{"title": "Oblik", "version": "1.6.1", "description": about},
		"servers": []part{{"url": "/"}},
		"tags":    []part{{"name": "Records"}, {"name": "Searches"}, {"name": "Galleries"}, {"name": "Tasks"}, {"name": "Health"}},
		"paths":   paths,
		"components": part{
			"schemas": schemasOf(maxImage), "responses": failures(bodyLimit),
			"securitySchemes": part{"token": part{"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
		},
	})
}

// templateOf writes a path's parameters as {name}.
func templateOf(path string) string {
	steps := strings.Split(path, "/")
	for i, step := range steps {
		if name, ok := strings.CutPrefix(step, ":"); ok {
			steps[i] = "{" + name + "}"
		}
	}
	return strings.Join(steps, "/")
}

// operationOf is one route. In OpenAPI 3.0 a bearer token's scopes can't be
// listed as such.
func operationOf(r route) part {
	o := offers[r.operation]
	described := part{
		"operationId": r.operation, "tags": []string{o.tag}, "summary": o.summary,
		"description": "Scope: " + r.scope + ".", "x-scope": r.scope,
		"security":   []part{{"token": []string{}}},
		"parameters": parametersOf(r), "responses": answersOf(r, o),
	}
	if r.body != noBody {
		described["requestBody"] = part{"required": r.body == requiredBody, "content": jsonOf(o.body)}
	}
	if slices.Contains(r.query, "callback") {
		described["callbacks"] = part{"result": part{"{$request.query.callback}": part{"post": deliveryOf(o)}}}
	}
	return described
}

// probeOf is a path for monitors, which needs no token.
func probeOf(id, summary string) part {
	return part{
		"operationId": id, "tags": []string{"Health"}, "summary": summary, "security": []part{},
		"responses": part{
			"200": part{"description": "It is.", "content": jsonOf("Health")},
			"503": part{"$ref": "#/components/responses/Error503"},
		},
	}
}

// jsonOf is a body of this schema.
func jsonOf(schema string) part {
	described := ref(schema)
	if element, isList := strings.CutPrefix(schema, "[]"); isList {
		described = part{"type": "array", "items": ref(element)}
	}
	return part{"application/json": part{"schema": described}}
}

// Operations are OSIA's operationIds, all that there are.
func Operations() []string {
	all := make([]string, len(routes))
	for i, r := range routes {
		all[i] = r.operation
	}
	return all
}
