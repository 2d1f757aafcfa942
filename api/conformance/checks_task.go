package conformance

import (
	"net/http"
	"slices"
	"time"
)

var tasks = []Check{
	{"readTaskStatus/unknown", "abis.yaml readTaskStatus 404", OSIA, func(t *trial) {
		t.want(t.send(ask("readTaskStatus", t.id("t"))), http.StatusNotFound)
	}},
	{"readTaskStatus/flow", "abis.yaml readTaskStatus: PENDING, RESPONSE_SCHEDULED, COMPLETED", OSIA, func(t *trial) {
		_, task := t.submit(t.example(operationOf("verifyFromBio")), http.StatusNoContent)
		order := []string{"PENDING", "RESPONSE_SCHEDULED", "COMPLETED"}
		was := 0
		for over := time.Now().Add(t.Inbox.wait); was < 2; time.Sleep(5 * time.Millisecond) {
			state, _ := t.must(ask("readTaskStatus", task)).body.(string)
			is := slices.Index(order, state)
			if is < was {
				t.failf("after %s the task is %s, although its callback was accepted", order[was], state)
			}
			if was = is; time.Now().After(over) {
				t.failf("after %v the task is still %s", t.Inbox.wait, state)
			}
		}
	}},
	{"readTaskStatus/callback-500", "abis.yaml readTaskStatus RESPONSE_ERROR: after max retries", OSIA, func(t *trial) { t.undelivered(http.StatusInternalServerError) }},
	{"readTaskStatus/callback-closed", "abis.yaml readTaskStatus RESPONSE_ERROR: after max retries", OSIA, func(t *trial) { t.undelivered(0) }},
	{"redeliverTaskResult/unknown", "abis.yaml redeliverTaskResult 404", OSIA, func(t *trial) {
		t.want(t.send(ask("redeliverTaskResult", t.id("t"))), http.StatusNotFound)
	}},
	{"redeliverTaskResult/delivered", "abis.yaml redeliverTaskResult 204: the callback will be called", OSIA, func(t *trial) {
		t.redelivered(t.example(operationOf("verifyFromBio")), 3)
	}},
}

// undelivered demands of a task whose callback fails that it be tried again, or
// be RESPONSE_ERROR in the end.
func (t *trial) undelivered(answer int) {
	box, task := t.submit(ask("readGalleries"), answer)
	if !box.await(t.ctx, 0) {
		t.failf("no callback came within %v", t.Inbox.wait)
	}
	for over := time.Now().Add(t.Inbox.wait); len(box.all()) < 2; time.Sleep(20 * time.Millisecond) {
		state, _ := t.must(ask("readTaskStatus", task)).body.(string)
		switch {
		case state == "RESPONSE_ERROR":
			return
		case state == "COMPLETED":
			t.failf("the task is COMPLETED, although its callback failed")
		case time.Now().After(over):
			t.failf("%v after its callback failed the task is %s and was not tried again", t.Inbox.wait, state)
		}
	}
}

// redelivered has a result delivered that was not accepted at first. The
// service may try again by itself before it is asked to; then the result is
// delivered, redelivery rightly refused, and nothing learnt: again, so many
// times at most.
func (t *trial) redelivered(r request, times int) {
	if times == 0 {
		t.skipf("the service delivers again by itself before it can be asked to")
	}
	box, task := t.submit(r, http.StatusInternalServerError)
	if !box.await(t.ctx, 0) {
		t.failf("no callback came within %v", t.Inbox.wait)
	}
	box.reply(http.StatusNoContent)
	a := t.send(ask("redeliverTaskResult", task))
	if a.status == http.StatusNotFound && len(box.all()) > 1 {
		t.redelivered(r, times-1)
		return
	}
	t.want(a, http.StatusNoContent)
	if !box.await(t.ctx, 1) {
		t.failf("no callback came within %v of a redelivery", t.Inbox.wait)
	}
	d := box.all()[1]
	t.deliveredAs(d, "application/json", r.op.answer)
	if d.query.Get("taskId") != task {
		t.failf("the redelivery has another taskId")
	}
	t.becomes(task, "COMPLETED")
}
