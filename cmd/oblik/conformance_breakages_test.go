package main

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

// The paths of operations that are broken.
const (
	aPerson = "/v1/persons/*"
	aVisit  = aPerson + "/encounters/*"
	aMerge  = aPerson + "/merge/*"
	aSearch = "/v1/identify/*"
	aList   = "/v1/galleries"
	aGroup  = "/v1/galleries/*"
)

// breakages are what a service may do wrong, each with the checks that must
// say so, and no others of those that are run.
func breakages(s *server) []breakage {
	return append(brokenAnswers(s), brokenCallbacks()...)
}

// onSuccess changes the answers of an operation that have a body.
func onSuccess(method, path string, change func(*reply)) func(*http.Request, *reply) {
	return func(q *http.Request, r *reply) {
		if is(q, method, path) && r.status == http.StatusOK {
			change(r)
		}
	}
}

// stripped takes what matches out of an answer's body.
func stripped(pattern string) func(*reply) {
	return func(r *reply) { r.body = regexp.MustCompile(pattern).ReplaceAllString(r.body, "") }
}

func brokenAnswers(s *server) []breakage {
	return []breakage{
		{
			name: "a key too many", only: "^createEncounter/", reported: []string{"createEncounter/success"}, why: `has the key "extra"`,
			answer: onSuccess("POST", aVisit, func(r *reply) { r.body = `{"extra":1,` + r.body[1:] }),
		},
		{
			name: "201 for 200", only: "^createEncounterNoId/", reported: []string{"createEncounterNoId/success"}, why: "answered 201, not 200",
			answer: onSuccess("POST", aPerson+"/encounters", func(r *reply) { r.status = http.StatusCreated }),
		},
		{
			name: "candidates without rank", only: "^identify/(success|found|all|maxNbCand|options)$",
			reported: []string{"identify/success"}, why: `lacks rank`,
			answer: onSuccess("POST", aSearch, stripped(`"rank":\d+,`)),
		},
		{
			name: "scores without score", only: "^verifyFromBio/(success|match)$",
			reported: []string{"verifyFromBio/success"}, why: `scores\[0\] lacks score`,
			answer: onSuccess("POST", "/v1/verify", stripped(`"score":[^,}]*,`)),
		},
		{
			name: "a merge half done", only: "^mergeEncounter/", reported: []string{"mergeEncounter/conflict"}, why: "changed, although",
			answer: func(q *http.Request, r *reply) {
				if is(q, "POST", aMerge) && r.status == http.StatusConflict {
					s.giveAway(strings.Split(q.URL.Path, "/"))
				}
			},
		},
		{
			name: "a wrong content type", only: "^readEncounter/(success|unknown|no-template|round-trip)$", reported: []string{"readEncounter/success"}, why: `content type "text/json"`,
			answer: onSuccess("GET", aVisit, func(r *reply) { r.header.Set("Content-Type", "text/json") }),
		},
		{
			name: "transactionId not required", only: "^readGalleries/[^ac]", reported: []string{"readGalleries/transactionId"}, why: "answered 200, not 400",
			request: func(r *http.Request) {
				if q := r.URL.Query(); is(r, "GET", aList) && !q.Has("transactionId") {
					q.Set("transactionId", "any")
					r.URL.RawQuery = q.Encode()
				}
			},
		},
		{
			name: "JSON for CSV", only: "^readGalleryContent/", reported: []string{"readGalleryContent/csv", "readGalleryContent/csv-header"}, why: "not text/csv",
			request: func(r *http.Request) {
				if is(r, "GET", aGroup) {
					r.Header.Del("Accept")
				}
			},
		},
		{
			name: "pages that overlap", only: "^readGalleryContent/[^c]", reported: []string{"readGalleryContent/pages"}, why: "overlap|page from",
			request: func(r *http.Request) {
				q := r.URL.Query()
				if offset, err := strconv.Atoi(q.Get("offset")); err == nil && offset > 0 && is(r, "GET", aGroup) {
					q.Set("offset", strconv.Itoa(offset-1))
					r.URL.RawQuery = q.Encode()
				}
			},
		},
		{
			name: "clientData lost", only: "^createEncounter/", reported: []string{"createEncounter/round-trip"}, why: `\$\.clientData`,
			request: func(r *http.Request) {
				if is(r, "POST", aVisit) {
					resend(r, func(text string) string {
						return regexp.MustCompile(`"clientData":"[^"]*",`).ReplaceAllString(text, "")
					})
				}
			},
		},
		{
			name: "INACTIVE still found", only: "^updateEncounterStatus/(created|inactive|lower|read|status)", reported: []string{"updateEncounterStatus/inactive", "updateEncounterStatus/read"}, why: "found who should not|another status",
			answered: func(w http.ResponseWriter, r *http.Request) bool {
				hit := is(r, "PUT", aVisit+"/status") && r.URL.Query().Get("status") == "INACTIVE" && !r.URL.Query().Has("callback")
				if hit {
					w.WriteHeader(http.StatusNoContent)
				}
				return hit
			},
		},
		{
			name: "scopes not looked at", only: "^readGalleries/[^a]", reported: []string{"readGalleries/scope-wrong"}, why: "answered 200 to a token of the scope abis",
			request: func(r *http.Request) {
				if is(r, "GET", aList) && strings.Count(r.Header.Get("Authorization"), ".") == 2 && !strings.HasSuffix(r.Header.Get("Authorization"), "AAAA") {
					r.Header.Set("Authorization", "Bearer "+s.token)
				}
			},
		},
		{
			name: "ALL unknown", only: "^identify/(success|found|all|unknown-gallery)$", reported: []string{"identify/all"}, why: "answered 404",
			answered: func(w http.ResponseWriter, r *http.Request) bool {
				hit := is(r, "POST", "/v1/identify/ALL")
				if hit {
					w.WriteHeader(http.StatusNotFound)
				}
				return hit
			},
		},
	}
}

// giveAway moves one of the source's encounters to the target of a merge.
func (s *server) giveAway(path []string) {
	target, source := path[3], path[5]
	var all []struct{ EncounterID string }
	s.do("GET", "/v1/persons/"+source+"/encounters", nil, &all)
	for _, e := range all {
		if s.do("POST", "/v1/persons/"+target+"/move/"+source+"/encounters/"+e.EncounterID, nil, nil) == http.StatusNoContent {
			return
		}
	}
}
