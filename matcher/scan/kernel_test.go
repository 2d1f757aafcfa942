package scan

import (
	"strings"
	"testing"
)

func TestChoose(t *testing.T) {
	for _, k := range Kernels() {
		t.Setenv(Variable, string(k))
		if got, err := Choose(); got != k || err != nil {
			t.Errorf("%s: chose %q, %v", k, got, err)
		}
	}
	t.Setenv(Variable, "")
	if got, err := Choose(); got != Best() || err != nil {
		t.Errorf("nothing named: chose %q, %v, want %q", got, err, Best())
	}
	t.Setenv(Variable, "sse9")
	if got, err := Choose(); err == nil || !strings.Contains(err.Error(), `OBLIK_SCAN="sse9": this CPU has `) || !strings.Contains(err.Error(), "go") {
		t.Errorf("an unknown kernel: chose %q, %v", got, err)
	}
}
