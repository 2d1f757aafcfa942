package osia

import (
	"strings"

	"oblik/models"
)

// idPattern is what [models.PersonID.Validate] accepts.
const idPattern = `^[A-Za-z0-9][A-Za-z0-9_.:@-]{0,127}$`

// parameters are those of all routes, but for their names.
var parameters = map[string]struct {
	about    string
	schema   part
	required bool
}{
	"transactionId":    {"Text of yours for tracing; several requests may share one.", someText(), true},
	"callback":         {"URL of a host that the operator has listed, to which the result is posted; without it the answer is the result.", part{"type": "string", "format": "uri", "maxLength": maxURI}, false},
	"priority":         {"Of what waits the highest is done first: of verifications, then of searches, then of the rest.", whole(0, 9), false},
	"algorithm":        {"Checked, without effect.", someText(), false},
	"accuracyLevel":    {"Checked, without effect.", someText(), false},
	"serviceLevel":     {"Checked, without effect.", whole(0, 9), false},
	"threshold":        {"Least score of a match, not below the server's floor; without it the server's own.", part{"type": "number", "minimum": 0, "maximum": models.MaxScore}, false},
	"maxNbCand":        {"Most candidates.", whole(1, models.MaxCandidates), false},
	"status":           {"The new status.", part{"type": "string", "enum": []string{"ACTIVE", "INACTIVE"}}, true},
	"offset":           {"Encounters to leave out.", whole(0, maxOffset), false},
	"limit":            {"Most encounters; 1000 without it.", whole(1, maxPage), false},
	"biometricType":    {"Only of this kind.", oneWord(biometricTypes), false},
	"biometricSubType": {"Only of this kind.", oneWord(subTypes), false},
	"instance":         {"Only of this instance.", someText(), false},
	"templateFormat":   {"Only of this format.", someText(), false},
	"qualityFormat":    {"Only of this format of quality.", someText(), false},
	"personId":         {"The person.", anID(), true},
	"personIdTarget":   {"The person who receives.", anID(), true},
	"personIdSource":   {"The person who gives.", anID(), true},
	"encounterId":      {"The encounter, unique within its person.", anID(), true},
	"galleryId":        {"The gallery; ALL stands for every one.", anID(), true},
	"taskId":           {"The task.", someText(), true},
	headerOnce:         {"Makes the change take effect once, however often it is sent, for a day; visible ASCII characters.", part{"type": "string", "minLength": 1, "maxLength": maxOnceKey}, false},
}

// parameterOf is one of the table.
func parameterOf(name, in string) part {
	p := parameters[name]
	return part{"name": name, "in": in, "required": p.required, "description": p.about, "schema": p.schema}
}

// parametersOf are a route's: of the path, the query and the headers.
func parametersOf(r route) []part {
	var all []part
	for step := range strings.SplitSeq(r.path, "/") {
		if name, ok := strings.CutPrefix(step, ":"); ok {
			all = append(all, parameterOf(name, "path"))
		}
	}
	for _, name := range append([]string{"transactionId"}, r.query...) {
		all = append(all, parameterOf(name, "query"))
	}
	if r.scope == scopeWrite {
		all = append(all, parameterOf(headerOnce, "header"))
	}
	return all
}
