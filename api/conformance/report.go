package conformance

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// Outcome is what came of a check.
type Outcome string

// The outcomes.
const (
	Passed     Outcome = "pass"
	Failed     Outcome = "fail"
	NotOffered Outcome = "not offered" // the service does not have the operation
	NotTested  Outcome = "not tested"  // something the check needs is missing
)

// Result is what came of one check.
type Result struct {
	ID      string  `json:"id"`
	Clause  string  `json:"clause"`
	Profile Profile `json:"profile"`
	Outcome Outcome `json:"outcome"`
	Reason  string  `json:"reason,omitempty"` // why it did not pass
	Millis  int64   `json:"ms"`
}

// Report is what came of a run.
type Report struct {
	URL     string   `json:"url"`
	Seed    string   `json:"seed"`
	Results []Result `json:"results"`
}

// Count says how many checks had an outcome.
func (r Report) Count(o Outcome) int {
	n := 0
	for _, result := range r.Results {
		if result.Outcome == o {
			n++
		}
	}
	return n
}

// WriteTable writes a line for each check, then the sums.
func (r Report) WriteTable(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, result := range r.Results {
		line := fmt.Sprintf("%s\t%s\t%s\t%s", result.Outcome, result.ID, result.Profile, result.Clause)
		if result.Reason != "" {
			line += "\t" + result.Reason
		}
		fmt.Fprintln(table, line) //nolint:errcheck // Flush tells
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\n%d passed, %d failed, %d not offered, %d not tested; seed %s\n",
		r.Count(Passed), r.Count(Failed), r.Count(NotOffered), r.Count(NotTested), r.Seed)
	return err
}
