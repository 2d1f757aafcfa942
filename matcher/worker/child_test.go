package worker_test

import (
	"bytes"
	"errors"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"oblik/matcher"
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
	mapBytes      = 1_000_117 // of a child on OpenVINO: it tells of its mappings
	threadBytes   = 1_000_121 // of a large tempted child: it starts threads without number
	fillBytes     = 1_000_133 // of a small tempted child: it fills what is reserved
	burnBytes     = 1_000_151 // of a tempted child: it goes on working after the answer
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && !strings.HasPrefix(os.Args[1], "-test.") {
		os.Exit(beChild(os.Args[1]))
	}
	os.Exit(m.Run())
}

// beChild is "child", or "other", a child with other weights, or "quick" or
// "tempted", which have no networks, or "openvino" and the detector's side;
// " off" behind it is for no sandbox, " small" and " large" for another budget, "staying "
// before it for one that goes on when its input ends. It ends
// at once if it has inherited anything of its parent's environment.
func beChild(kind string) int {
	if kind == "service" {
		return beService()
	}
	mode, memory := sandbox.Require, int64(1<<30)
	for size, bytes := range map[string]int64{" small": sandbox.MinMemory, " large": 16 << 30} {
		if strings.HasSuffix(kind, size) {
			kind, memory = strings.TrimSuffix(kind, size), bytes
		}
	}
	if strings.HasSuffix(kind, " off") {
		kind, mode = strings.TrimSuffix(kind, " off"), sandbox.Off
	}
	in := os.Stdin
	if strings.HasPrefix(kind, "staying ") {
		kind = strings.TrimPrefix(kind, "staying ")
		var err error
		if in, err = staying(); err != nil {
			return 2
		}
	}
	err := worker.Serve(in, os.Stdout, worker.Child{
		Limit:   6 << 20,
		Sandbox: sandbox.Config{Mode: mode, Memory: memory},
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
			if side, ok := strings.CutPrefix(kind, "openvino "); ok {
				n, err := strconv.Atoi(side)
				if err != nil {
					return nil, models.Format{}, err
				}
				return onOpenVINO(n)
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
	nets, err := opencv.NewNetworks(detect, recognise, matcher.DefaultParams().LongSide)
	if err != nil {
		return nil, models.Format{}, err
	}
	s, err := opencv.NewStages(nets, recognise.Manifest, matcher.DefaultParams())
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
