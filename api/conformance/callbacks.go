package conformance

import (
	"mime"
	"net/http"
	"net/url"
	"slices"
	"time"
)

const asynchronous = "_abis.rst About synchronous and asynchronous processing"

// everyCallback are the checks of each operation that takes callback.
func everyCallback() []Check {
	var all []Check
	for i := range operations {
		op := &operations[i]
		if !op.async {
			continue
		}
		all = append(all,
			Check{op.id + "/async", "abis.yaml " + op.id + " 202 and callback; " + asynchronous, OSIA, func(t *trial) { t.calledBack(t.example(op)) }},
			Check{op.id + "/async-bad", "abis.yaml " + op.id + " 400 although callback: 202 says the request is correct", OSIA, func(t *trial) {
				box := t.box(http.StatusNoContent)
				t.want(t.send(t.example(op).withoutTransaction().with("callback", box.url)), http.StatusBadRequest)
			}})
		if wrong := lost(op); wrong != nil {
			profile := OSIA
			if op.id == "updateEncounterStatus" || op.id == "updateEncounterGalleries" {
				profile = Oblik // that the record must exist is not declared
			}
			all = append(all, Check{op.id + "/async-failure", "abis.yaml " + op.id + " callback application/error+json", profile, func(t *trial) { t.calledBackWithFault(wrong(t)) }})
		}
	}
	return all
}

// lost gives what makes a request that can't be fulfilled, since what it names
// does not exist; nil: the operation names nothing that must.
func lost(op *operation) func(*trial) request {
	if slices.Contains([]string{"createEncounterNoIds", "createEncounterNoId", "createEncounter", "verifyFromBio", "readGalleries"}, op.id) {
		return nil
	}
	return func(t *trial) request {
		r := t.example(op)
		content, query := r.content, r.query
		r = ask(op.id, idsFor(*op, t.id("g"), t.id("p"), t.id("e"))...).bytes(content)
		r.query = query
		return r
	}
}

// box opens a mailbox.
func (t *trial) box(answer int) *mailbox {
	if t.Inbox == nil {
		t.skipf("callbacks are left out")
	}
	return t.Inbox.open(answer)
}

// submit makes an asynchronous call whose callback gets this status, and gives
// its task's id.
func (t *trial) submit(r request, answer int) (*mailbox, string) {
	box := t.box(answer)
	return box, t.submitTo(box, r)
}

func (t *trial) submitTo(box *mailbox, r request) (task string) {
	a := t.send(r.with("callback", box.url))
	if a.status == http.StatusBadRequest || a.status == http.StatusForbidden {
		t.failf("%v to a callback: have the service allow %s, or give it an address that it may use with --callback-url", a, t.Inbox.url)
	}
	return word(t.want(a, http.StatusAccepted).body, "taskId")
}

// calledBack makes an asynchronous call that must succeed and checks all of its
// delivery: one POST, with the parameters, the type and the schema.
func (t *trial) calledBack(r request) {
	const tx = "conformance, ümläut & co/1"
	box := t.box(http.StatusNoContent)
	box.url += "?keep=" + url.QueryEscape("a b&c") // the client's own
	task := t.submitTo(box, r.with("transactionId", tx))
	d := t.delivered(box, task, tx)
	t.remember(d.body)
	if d.query.Get("keep") != "a b&c" {
		t.failf("the callback's own query string is not kept")
	}
	schema := r.op.answer
	if r.op.success == http.StatusNoContent {
		schema = accepted
	}
	t.deliveredAs(d, "application/json", schema)
	t.onlyOnce(box, task)
}

// calledBackWithFault makes one that must fail, at once or by callback.
func (t *trial) calledBackWithFault(r request) {
	box := t.box(http.StatusNoContent)
	a := t.send(r.with("callback", box.url))
	if a.status == http.StatusNotFound {
		return // found while the request was checked: the standard lets it
	}
	t.want(a, http.StatusAccepted)
	t.deliveredAs(t.delivered(box, word(a.body, "taskId"), transaction), "application/error+json", fault)
}

// delivered waits for the first delivery and checks what all have in common.
func (t *trial) delivered(box *mailbox, task, tx string) delivery {
	if !box.await(t.ctx, 0) {
		t.failf("no callback came within %v", t.Inbox.wait)
	}
	d := box.all()[0]
	switch {
	case d.method != http.MethodPost:
		t.failf("the callback came by %.10s, not POST", d.method)
	case !slices.Equal(d.query["transactionId"], []string{tx}):
		t.failf("the callback does not have the request's transactionId, once")
	case !slices.Equal(d.query["taskId"], []string{task}):
		t.failf("the callback does not have the taskId that was answered, once")
	}
	return d
}

func (t *trial) deliveredAs(d delivery, kind string, s schema) {
	if got, _, err := mime.ParseMediaType(d.contentType); err != nil || got != kind {
		t.failf("the callback has the content type %.60q, not %s", d.contentType, kind)
	}
	if d.body == nil {
		t.failf("the callback's body is not JSON")
	}
	if fault := s.check(d.body); fault != "" {
		t.failf("in the callback's body %s", fault)
	}
}

// onlyOnce demands that a delivery that was accepted is the last.
func (t *trial) onlyOnce(box *mailbox, task string) {
	if !t.absent["readTaskStatus"] {
		t.becomes(task, "COMPLETED")
	}
	time.Sleep(100 * time.Millisecond)
	if n := len(box.all()); n != 1 {
		t.failf("%d callbacks came, although the first was accepted", n)
	}
}

// becomes waits until a task has one of these states, which it returns.
func (t *trial) becomes(task string, states ...string) string {
	last := ""
	for over := time.Now().Add(t.Inbox.wait); time.Now().Before(over); time.Sleep(50 * time.Millisecond) {
		a := t.must(ask("readTaskStatus", task))
		last, _ = a.body.(string)
		if slices.Contains(states, last) {
			return last
		}
	}
	t.failf("after %v the task is %s, not %v", t.Inbox.wait, last, states)
	return ""
}
