package scan

import (
	"fmt"
	"os"
	"strings"
)

// Kernel is a way to compute the products, all with the same results.
type Kernel string

// The kernels, the quickest first.
const (
	AVX512 Kernel = "avx512" // x86-64 with AVX-512 F, BW and VNNI
	AVX2   Kernel = "avx2"   // x86-64 with AVX2
	Go     Kernel = "go"     // any CPU
)

// Variable names a kernel to use instead of the best.
const Variable = "OBLIK_SCAN"

// Kernels are those that this CPU has, the quickest first.
func Kernels() []Kernel {
	var has []Kernel
	for _, k := range []Kernel{AVX512, AVX2, Go} {
		if k.available() {
			has = append(has, k)
		}
	}
	return has
}

// Best is the quickest kernel that this CPU has.
func Best() Kernel { return Kernels()[0] }

// Choose is the kernel that [Variable] names, or the best if it is empty. An
// error says that there is none of that name or that this CPU hasn't got it.
func Choose() (Kernel, error) {
	name := os.Getenv(Variable)
	if name == "" {
		return Best(), nil
	}
	if k := Kernel(name); k.available() {
		return k, nil
	}
	var has []string
	for _, k := range Kernels() {
		has = append(has, string(k))
	}
	return "", fmt.Errorf("%s=%q: this CPU has %s", Variable, name, strings.Join(has, ", "))
}
