package main

import (
	"net/http"
	"net/url"
	"strings"
)

func brokenCallbacks() []breakage {
	return []breakage{
		{
			name: "a callback without taskId", only: "^deleteAll/async", reported: []string{"deleteAll/async", "deleteAll/async-failure"}, why: "does not have the taskId",
			callback: func(_ *http.Request, query url.Values) { query.Del("taskId") },
		},
		{
			name: "OK as a bare word", only: "^deleteAll/async", reported: []string{"deleteAll/async"}, why: "not JSON",
			callback: func(r *http.Request, _ url.Values) {
				resend(r, func(text string) string { return strings.ReplaceAll(text, `"OK"`, "OK") })
			},
		},
		{
			name: "an error called back as a success", only: "^readEncounter/async", reported: []string{"readEncounter/async-failure", "readEncounter/async-failure-late"},
			why:      `content type "application/json", not application/error`,
			callback: func(r *http.Request, _ url.Values) { r.Header.Set("Content-Type", "application/json") },
		},
		{
			name: "a callback's own query lost", only: "^readGalleries/async", reported: []string{"readGalleries/async"}, why: "own query string",
			callback: func(_ *http.Request, query url.Values) { query.Set("keep", "") },
		},
	}
}
