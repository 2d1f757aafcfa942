//go:build race

package main

// shadow is how much more memory the race detector takes.
const shadow = 4
