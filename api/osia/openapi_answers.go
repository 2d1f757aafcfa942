package osia

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// answersOf are a route's answers: its success, 202 where it takes a callback,
// and the failures that it may have.
func answersOf(r route, o offer) part {
	all := part{"204": part{"description": "Done."}}
	if o.success != "" {
		content := jsonOf(o.success)
		if r.operation == "readGalleryContent" {
			content[mimeCSV] = part{"schema": part{"type": "string"}}
		}
		all = part{"200": part{"description": "Done.", "content": content}}
	}
	if slices.Contains(r.query, "callback") {
		all["202"] = part{"description": "Accepted; the result is posted to the callback.", "content": jsonOf("TaskId")}
	}
	for _, status := range failuresOf(r) {
		name := strconv.Itoa(status)
		all[name] = part{"$ref": "#/components/responses/Error" + name}
	}
	return all
}

func failuresOf(r route) []int {
	all := []int{400, 401, 403, 408, 429, 431, 500, 503}
	if strings.Contains(r.path, ":") {
		all = append(all, 404)
	}
	if r.scope == scopeWrite || r.scope == scopeVerify || r.scope == scopeIdentify {
		all = append(all, 409)
	}
	if r.body != noBody {
		all = append(all, 413)
	}
	return all
}

// failures are one answer for each status, from the table of errors.
func failures(bodyLimit int) part {
	texts := map[int32][]string{}
	retry := map[int32]bool{}
	for _, code := range slices.Sorted(maps.Keys(meanings)) {
		m := meanings[code]
		texts[code/100] = append(texts[code/100], fmt.Sprintf("%d: %s; %s.", code, m.text, m.next))
		retry[code/100] = retry[code/100] || m.retry
	}
	all := part{}
	for status, lines := range texts {
		if status == 413 {
			lines = append(lines, fmt.Sprintf("A body has at most %d bytes.", bodyLimit))
		}
		answer := part{"description": strings.Join(lines, "\n\n"), "content": jsonOf("Error")}
		headers := part{}
		if retry[status] {
			headers["Retry-After"] = part{"description": "Seconds, where the same request may succeed later.", "schema": whole(1, 1<<31-1)}
		}
		if status == 401 || status == 403 {
			headers["WWW-Authenticate"] = part{"description": "What token is needed (RFC 6750).", "schema": part{"type": "string"}}
		}
		if len(headers) > 0 {
			answer["headers"] = headers
		}
		all["Error"+strconv.Itoa(int(status))] = answer
	}
	return all
}

// deliveryOf is what a callback's host is sent, and what it should answer.
func deliveryOf(o offer) part {
	content := part{"application/json": part{"schema": part{"type": "string", "enum": []string{"OK"}}}}
	if o.success != "" {
		content = jsonOf(o.success)
	}
	content["application/error+json"] = part{"schema": ref("Error")}
	return part{
		"summary":     "The result; a failure is of type application/error+json.",
		"parameters":  []part{parameterOf("transactionId", "query"), parameterOf("taskId", "query")},
		"requestBody": part{"required": true, "content": content},
		"responses":   part{"204": part{"description": "Taken. After any other answer it is sent again."}},
	}
}
