package storagetest

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// The model check: clients take random steps at one time, over so few persons,
// encounters and galleries that they meet often. Their answers are put on
// record with the moments they were asked for and given. Then it is searched
// for an order of the steps, one that agrees with these moments, in which a
// plain map gives the same answers. If there is none the store is wrong.
//
// After every few steps all clients stop, and all that is stored is compared
// with the map too: each record, what a scan gives, the galleries, the images
// that are named and the trail.
const (
	clients      = 4
	stepsAtOnce  = 12 // a client's, between two stops
	defaultSteps = 600
)

// ModelSteps is how many steps a model check takes: what the environment
// variable MODEL_STEPS says, or so many that nobody has to wait for it.
func ModelSteps() int {
	if n, err := strconv.Atoi(os.Getenv("MODEL_STEPS")); err == nil {
		return n
	}
	return defaultSteps
}

// RunModel takes at least so many steps. The stores are emptied between runs, not
// opened anew: a run starts on what others left in the files.
func RunModel(t *testing.T, open Open, steps int) {
	w := newWorld(open(t))
	rounds := 1 + steps/clients/stepsAtOnce/100 // in each of rapid's checks, 100 by default
	for seed := firstSeed(t); w.steps < steps; seed++ {
		Must(t, flag.Set("rapid.seed", fmt.Sprint(seed)))
		rapid.Check(t, func(t *rapid.T) {
			if w.steps >= steps {
				return
			}
			Must(t, w.empty())
			for range rounds {
				Must(t, w.round(programs().Draw(t, "programs")))
			}
		})
		if t.Failed() {
			return
		}
	}
	t.Logf("%d steps of %d clients in %d rounds: %v", w.steps, clients, w.rounds, w.tally)
}

// firstSeed is the one rapid was given, or a new one.
func firstSeed(t *testing.T) uint64 {
	seed, err := strconv.ParseUint(flag.Lookup("rapid.seed").Value.String(), 10, 64)
	if err != nil || seed == 0 {
		seed = uint64(time.Now().UnixNano()) // #nosec G115 -- the year is past 1970
	}
	t.Logf("seed %d", seed)
	return seed
}

// RunPlanted shows that the model check finds bugs: each is planted into the
// stores, and the steps are counted until the answers show it.
func RunPlanted(t *testing.T, open Open) {
	for name, plant := range map[string]func(Stores) Stores{
		"an update is lost":         loseUpdates,
		"a merge in several pieces": mergeInPieces,
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(plant(open(t)))
			for seed := range 500 {
				// The trail may show it too; what counts is that the answers do.
				if err := w.round(programs().Example(seed)); errors.Is(err, errUnexplained) {
					t.Logf("found after %d steps: %.300s", w.steps, err)
					return
				}
			}
			t.Errorf("%d steps did not find it", w.steps)
		})
	}
}
