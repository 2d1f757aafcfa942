package worker_test

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"

	"oblik/matcher"
	"oblik/matcher/face"
	"oblik/matcher/header"
	"oblik/matcher/opencv"
	"oblik/matcher/weights"
	"oblik/matcher/worker"
	"oblik/matcher/worker/sandbox"
	"oblik/models"
)

// The child of these tests is this very binary: a real pipeline whose decoder
// obeys three photographs by their length, since nothing else can be relied on
// to crash a decoder.
const (
	abortBytes    = 1_000_003 // the process ends by SIGABRT, as after a C++ exception
	hangBytes     = 1_000_033
	floodBytes    = 1_000_037 // more than an answer may hold is written
	talkBytes     = 1_000_039 // two answers are given
	sleepBytes    = 1_000_099 // of a tempted child: it takes a second
	lieBytes      = 1_000_151 // an answer out of bounds is given, and then no more
	segfaultBytes = 1_000_081 // of a tempted child: the process ends by SIGSEGV
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && !strings.HasPrefix(os.Args[1], "-test.") {
		os.Exit(beChild(os.Args[1]))
	}
	os.Exit(m.Run())
}

// beChild is "child", or "other", a child with other weights, or "quick" or
// "tempted", which have no networks; " off" behind it is for no sandbox. It ends
// at once if it has inherited anything of its parent's environment.
func beChild(kind string) int {
	mode := sandbox.Require
	if strings.HasSuffix(kind, " off") {
		kind, mode = strings.TrimSuffix(kind, " off"), sandbox.Off
	}
	err := worker.Serve(os.Stdin, os.Stdout, worker.Child{
		Limit:   6 << 20,
		Sandbox: sandbox.Config{Mode: mode, Memory: 1 << 30},
		Load: func() (*matcher.Pipeline, models.Format, error) {
			if len(os.Environ()) > 0 {
				return nil, models.Format{}, errors.New("it has an environment")
			}
			switch kind {
			case "quick":
				s := quickStages()
				return matcher.NewPipeline(s, matcher.DefaultParams(), nil), s.Format, nil
			case "tempted":
				s, err := temptedStages()
				return matcher.NewPipeline(s, matcher.DefaultParams(), nil), s.Format, err
			}
			p, format, err := load(true)
			if kind == "other" {
				format.Weights = "others"
			}
			return p, format, err
		},
	})
	if err != nil {
		return 2
	}
	return 0
}

func load(evil bool) (*matcher.Pipeline, models.Format, error) {
	const dir = "../../.cache/weights"
	detect, err := weights.Load(dir, "yunet-2023mar-int8bq", weights.Detect)
	if err != nil {
		return nil, models.Format{}, err
	}
	recognise, err := weights.Load(dir, "sface-2021dec-int8bq", weights.Recognise)
	if err != nil {
		return nil, models.Format{}, err
	}
	d, err := opencv.NewNetwork(detect, matcher.DefaultParams().LongSide, face.OutputNames())
	if err != nil {
		return nil, models.Format{}, err
	}
	r, err := opencv.NewNetwork(recognise, face.CropSide, recognise.Manifest.Outputs)
	if err != nil {
		return nil, models.Format{}, err
	}
	s, err := opencv.NewStages(opencv.Networks{Detector: d, Recogniser: r}, recognise.Manifest, matcher.DefaultParams())
	if err != nil {
		return nil, models.Format{}, err
	}
	if evil {
		s.Decoder = obedient{s.Decoder}
	}
	return matcher.NewPipeline(s, matcher.DefaultParams(), nil), s.Format, nil
}

type obedient struct{ matcher.Decoder }

func (o obedient) Decode(data []byte, info header.Info, shrink int) (*matcher.Image, error) {
	switch len(data) {
	case abortBytes:
		_ = syscall.Kill(os.Getpid(), syscall.SIGABRT)
		select {}
	case lieBytes:
		_, _ = os.Stdout.WriteString("\x1c\x00\x00\x00" + `{"Extraction":{"Width":-10}}`)
		select {}
	case hangBytes:
		select {}
	case floodBytes:
		_, _ = os.Stdout.Write(bytes.Repeat([]byte{0xFF}, 64<<10))
	case talkBytes:
		_, _ = os.Stdout.WriteString("\x02\x00\x00\x00??")
	}
	return o.Decoder.Decode(data, info, shrink)
}
