package conformance

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// everyOperation are the checks that go for all operations alike.
func everyOperation() []Check {
	var all []Check
	for i := range operations {
		op := &operations[i]
		row := func(what, clause string, run func(*trial)) {
			all = append(all, Check{op.id + "/" + what, clause, OSIA, run})
		}
		row("success", fmt.Sprintf("abis.yaml %s %d", op.id, op.success), func(t *trial) {
			t.want(t.send(t.example(op)), op.success)
		})
		row("transactionId", "abis.yaml "+op.id+" transactionId required, 400", func(t *trial) {
			t.want(t.send(t.example(op).withoutTransaction()), http.StatusBadRequest)
		})
		row("token-absent", "abis.yaml "+op.id+" BearerAuth", func(t *trial) { t.refused(op, "") })
		row("token-garbled", "abis.yaml "+op.id+" BearerAuth, RFC 7519", func(t *trial) { t.refused(op, garbled(t.Token)) })
		row("scope-right", "abis.yaml "+op.id+" "+op.scope, func(t *trial) { t.admitted(op) })
		row("scope-wrong", "abis.yaml "+op.id+" "+op.scope+", 403", func(t *trial) { t.forbidden(op) })
		for _, option := range numeric(op) {
			row(option+"-no-number", "abis.yaml "+op.id+" "+option+", 400", func(t *trial) {
				t.want(t.send(t.example(op).with(option, "many")), http.StatusBadRequest)
			})
		}
	}
	return all
}

// garbled spoils the signature of a token.
func garbled(token string) string {
	at := strings.LastIndexByte(token, '.') + 1
	spoilt := []byte(token)
	slices.Reverse(spoilt[at:])
	return string(spoilt) + "AAAA"
}

func (t *trial) refused(op *operation, token string) {
	t.want(t.send(t.example(op).as(token)), http.StatusUnauthorized, http.StatusForbidden)
}

// admitted asks with a token of the operation's own scope alone.
func (t *trial) admitted(op *operation) {
	token := t.Scoped[op.scope]
	if token == "" {
		t.skipf("no token of the scope %s alone is given", op.scope)
	}
	a := t.send(t.example(op).as(token))
	if a.status == http.StatusUnauthorized || a.status == http.StatusForbidden {
		t.failf("%v to a token of the right scope", a)
	}
}

// forbidden asks with each token of another scope.
func (t *trial) forbidden(op *operation) {
	tried := 0
	for _, scope := range slices.Sorted(maps.Keys(t.Scoped)) {
		if scope == op.scope {
			continue
		}
		tried++
		if a := t.send(t.example(op).as(t.Scoped[scope])); a.status != http.StatusForbidden {
			t.failf("%v to a token of the scope %s, not 403", a, scope)
		}
	}
	if tried == 0 {
		t.skipf("no token of another scope alone is given")
	}
}

// numeric are the options of an operation that are numbers.
func numeric(op *operation) []string {
	var all []string
	if op.async && op.id != "updateEncounterStatus" && op.id != "updateEncounterGalleries" {
		all = append(all, "priority")
	}
	switch op.scope {
	case scopeIdentify:
		all = append(all, "threshold", "serviceLevel", "maxNbCand")
	case scopeVerify:
		all = append(all, "threshold", "serviceLevel")
	}
	if op.id == "readGalleryContent" {
		all = append(all, "offset", "limit")
	}
	return all
}
