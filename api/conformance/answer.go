package conformance

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
)

// maxAnswer bounds an answer, in bytes.
const maxAnswer = 64 << 20

// answer is what came back.
type answer struct {
	op     *operation
	status int
	header http.Header
	text   []byte
	body   any // of JSON, numbers as json.Number; nil if it is none
}

// String says what matters of an answer in a report: no biometric data.
func (a answer) String() string {
	text := fmt.Sprintf("%s answered %d", a.op.id, a.status)
	if e, ok := a.body.(map[string]any); ok && a.status >= 400 {
		text += fmt.Sprintf(" (%v: %s)", e["code"], shortened(fmt.Sprint(e["message"]), 240))
	}
	return text
}

// shortened cuts a text between two words, if there are two, after so many
// characters at most.
func shortened(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	text = string(runes[:most])
	if at := strings.LastIndexByte(text, ' '); at > 0 {
		text = text[:at]
	}
	return text + " …"
}

// send sends a request. If no answer comes, the check fails; if the operation
// is not offered, it ends.
func (t *trial) send(r request) answer {
	if t.absent[r.op.id] {
		t.skipf("it needs %s, which is not offered", r.op.id)
	}
	a, err := t.exchange(t.ctx, r)
	if err != nil {
		t.failf("%s: %v", r.op.id, err)
	}
	if a.status == http.StatusNotImplemented {
		if r.op == t.check.operation() {
			t.end(NotOffered, a.String())
		}
		t.skipf("it needs what is not offered: %v", a)
	}
	if r.op.id == "createEncounterNoIds" && a.status/100 == 2 {
		t.remember(a.body)
	}
	return a
}

// exchange sends a request and reads the answer.
func (b *bench) exchange(ctx context.Context, r request) (answer, error) {
	q, err := http.NewRequestWithContext(ctx, r.op.method, r.url(b.URL), bytes.NewReader(r.content))
	if err != nil {
		return answer{}, err
	}
	token := b.Token
	if r.token != nil {
		token = *r.token
	}
	if token != "" {
		q.Header.Set("Authorization", "Bearer "+token)
	}
	if r.content != nil {
		q.Header.Set("Content-Type", "application/json")
	}
	for key, value := range r.header {
		q.Header.Set(key, value)
	}
	reply, err := b.Client.Do(q)
	if err != nil {
		return answer{}, err
	}
	defer reply.Body.Close() //nolint:errcheck // only read
	text, err := io.ReadAll(io.LimitReader(reply.Body, maxAnswer))
	if err != nil {
		return answer{}, err
	}
	return answer{op: r.op, status: reply.StatusCode, header: reply.Header, text: text, body: decoded(text)}, nil
}

// must sends a request and takes any success: for what a check needs and is
// not about.
func (t *trial) must(r request) answer {
	a := t.send(r)
	if a.status/100 != 2 || a.status == http.StatusAccepted {
		t.failf("%v, not a success", a)
	}
	return a
}

// want demands one of these statuses and what the standard declares for it.
func (t *trial) want(a answer, statuses ...int) answer {
	if !slices.Contains(statuses, a.status) {
		t.failf("%v, not %s", a, strings.Join(strings.Fields(strings.Trim(fmt.Sprint(statuses), "[]")), " or "))
	}
	switch a.status {
	case http.StatusNoContent:
		if len(a.text) > 0 {
			t.failf("%v with a body", a)
		}
	case a.op.success:
		t.fits(a, a.op.answer)
	case http.StatusAccepted:
		t.fits(a, taskID)
	case http.StatusBadRequest, http.StatusInternalServerError:
		t.fits(a, fault)
	}
	return a
}

// fits demands a body of JSON that fits a schema.
func (t *trial) fits(a answer, s schema) {
	kind, _, err := mime.ParseMediaType(a.header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		t.failf("%v with the content type %.60q, not application/json", a, a.header.Get("Content-Type"))
	}
	if a.body == nil {
		t.failf("%v with a body that is not JSON", a)
	}
	if fault := s.check(a.body); fault != "" {
		t.failf("%v, but in its body %s", a, fault)
	}
}
