package conformance

import (
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	report := Report{Seed: "s", Results: []Result{
		{ID: "readGalleries/success", Clause: "abis.yaml readGalleries 200", Profile: OSIA, Outcome: Passed},
		{ID: "a/b", Clause: "clause", Profile: Oblik, Outcome: Failed, Reason: "why"},
		{ID: "c/d", Clause: "clause", Profile: OSIA, Outcome: NotOffered},
		{ID: "e/f", Clause: "clause", Profile: OSIA, Outcome: NotTested, Reason: "no token"},
	}}
	var got strings.Builder
	if err := report.WriteTable(&got); err != nil {
		t.Fatal(err)
	}
	const want = `pass         readGalleries/success  osia   abis.yaml readGalleries 200
fail         a/b                    oblik  clause  why
not offered  c/d                    osia   clause
not tested   e/f                    osia   clause  no token

1 passed, 1 failed, 1 not offered, 1 not tested; seed s
`
	if got.String() != want {
		t.Errorf("got\n%s", got.String())
	}
}
