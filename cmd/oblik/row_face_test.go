package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"math/rand/v2"
	"testing"
	"time"
)

func decodeJPEG(data []byte) (image.Image, error) { return jpeg.Decode(bytes.NewReader(data)) }

// painted is a picture of 640 x 480 whose pixels a function gives.
func painted(t testing.TB, at func(x, y int) color.Color) []byte {
	t.Helper()
	im := image.NewRGBA(image.Rect(0, 0, 640, 480))
	for y := range 480 {
		for x := range 640 {
			im.Set(x, y, at(x, y))
		}
	}
	return jpegOf(t, im)
}

// besides is a photograph with another, n times smaller, to its right.
func besides(t testing.TB, name, other string, n int) []byte {
	t.Helper()
	front, err := decodeJPEG(photoFile(t, name))
	if err != nil {
		t.Fatal(err)
	}
	back, err := decodeJPEG(photoFile(t, other))
	if err != nil {
		t.Fatal(err)
	}
	back = shrunk(back, n)
	w := front.Bounds().Dx()
	both := image.NewRGBA(image.Rect(0, 0, w+back.Bounds().Dx(), max(front.Bounds().Dy(), back.Bounds().Dy())))
	draw.Draw(both, front.Bounds(), front, front.Bounds().Min, draw.Src)
	draw.Draw(both, back.Bounds().Add(image.Pt(w, 0)), back, back.Bounds().Min, draw.Src)
	return jpegOf(t, both)
}

// Rows 24 to 26: sound photographs of nobody and of several people. A picture of
// nobody never becomes a template; of several people nobody is enrolled, and a
// verify compares the most prominent. (A statue or a drawing may pass for a
// face; the README says so.)
func TestRowsOfFaces(t *testing.T) {
	s, set := withP(t)
	r := rand.New(rand.NewPCG(24, 1))
	slowest := map[int]time.Duration{}
	for _, c := range []struct {
		row           int
		name          string
		data          []byte
		enrol, verify int // codes
	}{
		{24, "black", painted(t, func(int, int) color.Color { return color.Black }), 40020, 40020},
		{24, "white", painted(t, func(int, int) color.Color { return color.White }), 40020, 40020},
		{24, "grey", painted(t, func(int, int) color.Color { return color.Gray{Y: 128} }), 40020, 40020},
		{24, "noise", painted(t, func(int, int) color.Color {
			return color.RGBA{R: byte(r.Uint()), G: byte(r.Uint()), B: byte(r.Uint()), A: 255}
		}), 40020, 40020},
		{25, "a landscape", noFace(t), 40020, 40020},
		{26, "two people", twoFaces(t), 40021, 0},
		{26, "the same person twice", besides(t, "obama.jpg", "obama.jpg", 1), 40021, 0},
	} {
		for i, ask := range []struct {
			path string
			body any
			code int
		}{
			{fmt.Sprintf("/v1/persons/%s/encounters/1", "nobody"), encounter(c.data), c.enrol},
			{"/v1/verify/g/p", probe(c.data), c.verify},
		} {
			var f fault
			began := time.Now()
			status := s.do("POST", ask.path, ask.body, &f)
			slowest[c.row] = max(slowest[c.row], time.Since(began))
			if f.Code != ask.code || status == 0 {
				t.Errorf("row %d, %s, request %d: status %d, code %d (%s), want %d", c.row, c.name, i, status, f.Code, f.Message, ask.code)
			}
		}
	}
	var v verified
	small := besides(t, "obama2.jpg", "biden.jpg", 6)
	if status := s.do("POST", "/v1/verify/g/p", probe(small), &v); status != 200 || !v.Decision {
		t.Errorf("somebody small in the background: %d %+v", status, v)
	}
	t.Logf("the slowest answer by row: %v", slowest)
	nothingLeft(t, s, set)
}
