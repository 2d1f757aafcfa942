package benchmarks

import (
	"context"
	"math/rand/v2"
	"time"

	"oblik/models"
)

// SpeedOptions are what a measurement of speed needs.
type SpeedOptions struct {
	SpeedSetup
	Contenders  []Contender
	Photographs []Photograph
	Progress    ProgressFunc
}

// SpeedSetup is what a report of speed was measured with.
type SpeedSetup struct {
	Machine   Machine           `json:"machine"`
	Tool      string            `json:"tool"`
	Weights   string            `json:"weights"`
	Detector  string            `json:"detector"`
	LongSide  int               `json:"longSide"`
	Engines   map[string]string `json:"engines"`             // of each its version and kind of arithmetic, in words
	NotLoaded map[string]string `json:"notLoaded,omitempty"` // engines, and why not
	Sandbox   string            `json:"sandbox,omitempty"`   // what holds the workers, in words
	Rounds    int               `json:"rounds"`              // 5..1000
	Seconds   float64           `json:"secondsPerTurn"`      // 0.01..60: how long a contender works before the next one's turn
	Seed      uint64            `json:"seed"`                // of the order of the turns and of the grain
	Grain     float64           `json:"grain"`               // of the photographs, see [ScaledPhotographs]
}

// SpeedReport is what [MeasureSpeed] finds.
type SpeedReport struct {
	SpeedSetup
	Photographs []PhotographSpeed `json:"photographs"`
	Memory      []MemoryUse       `json:"memory"`      // of the contenders with processes of their own
	OwnResident float64           `json:"ownResident"` // MiB of this process, networks of all engines included
}

// PhotographSpeed is how fast the contenders are on one photograph.
type PhotographSpeed struct {
	Width      int          `json:"width"`
	Height     int          `json:"height"`
	Bytes      int          `json:"bytes"`
	Throughput []Throughput `json:"throughput"`
	Latency    []Latency    `json:"latency"`
	Stages     []StageSpeed `json:"stages"`
}

// Throughput is what a contender does with all its workers busy.
type Throughput struct {
	Contestant
	Note            string  `json:"note,omitempty"`
	ImagesPerSecond Spread  `json:"imagesPerSecond"` // all workers together
	OfRaw           *Spread `json:"ofRaw,omitempty"` // as a part of the raw loop's in the same round; nil for that itself
}

// Latency is the time of one request at a time, the contenders of an engine
// taking turns request by request, since slower changes of the machine's speed
// would hide what differs by tenths of a millisecond.
type Latency struct {
	Contestant
	Requests      int     `json:"requests"`                // in all rounds
	Milliseconds  Spread  `json:"milliseconds"`            // the medians of the rounds
	OverInProcess *Spread `json:"overInProcess,omitempty"` // ms more than in process: medians of the requests' differences; nil for that itself
	OfInProcess   *Spread `json:"ofInProcess,omitempty"`   // times those of in process: quotients of the medians
}

// StageSpeed is the mean time of each stage in process, one image at a time.
type StageSpeed struct {
	Engine       string             `json:"engine"`
	Milliseconds map[string]float64 `json:"milliseconds"`
}

// MeasureSpeed lets the contenders take turns on every photograph. An error of
// a contender, a photograph without a face included, ends it: a time of
// something that failed says nothing.
func MeasureSpeed(ctx context.Context, o SpeedOptions) (SpeedReport, error) {
	if err := o.validate(); err != nil {
		return SpeedReport{}, err
	}
	engines := enginesAlone(o.Contenders)
	r := &race{SpeedOptions: o, alone: engines,
		turn:   time.Duration(o.Seconds * float64(time.Second)),
		order:  rand.New(rand.NewPCG(o.Seed, 0)), //nolint:gosec // repeatable, no secret
		meter:  newMeter("speed", len(o.Photographs)*o.Rounds*(len(o.Contenders)+len(engines)), o.Progress),
		groups: groupsOf(o.Contenders)}
	report := SpeedReport{SpeedSetup: o.SpeedSetup}
	for _, photo := range o.Photographs {
		result, err := r.on(ctx, photo)
		if err != nil {
			return SpeedReport{}, err
		}
		report.Photographs = append(report.Photographs, result)
	}
	report.Memory, report.OwnResident = memoryOf(o.Contenders)
	return report, nil
}

// Validate reports a number out of its bounds.
func (s SpeedSetup) Validate() error {
	switch {
	case s.Rounds < 5 || s.Rounds > 1000:
		return models.Errorf("bench", models.Invalid, "%d rounds are not within 5..1000", s.Rounds)
	case !(s.Seconds >= 0.01 && s.Seconds <= 60):
		return models.Errorf("bench", models.Invalid, "%g seconds a turn are not within 0.01..60", s.Seconds)
	}
	return nil
}

func (o SpeedOptions) validate() error {
	if len(o.Contenders) == 0 || len(o.Photographs) == 0 {
		return models.Errorf("bench", models.Invalid, "nothing to measure")
	}
	for i, c := range o.Contenders {
		if c.Workers < 1 || c.Load == nil {
			return models.Errorf("bench", models.Invalid, "contender %d has %d workers", i, c.Workers)
		}
	}
	return o.Validate()
}
