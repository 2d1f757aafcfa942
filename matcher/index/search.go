package index

import (
	"context"
	"sync"

	"oblik/matcher"
	"oblik/matcher/quant"
	"oblik/models"
)

// attempts is how often a search is made while the index changes under it. The
// last time nobody may change anything until it is over.
const attempts = 4

// alone is how many rows a search reads by itself: for fewer than these neither
// another goroutine nor a wait for others is worth it.
const alone = 32768

// Search implements [matcher.Index]. The number of templates compared, N,
// lowers each score by 10*log10(N). The answer is that of one moment: all
// changes made before Search was called are in it.
func (x *Index) Search(ctx context.Context, probe models.Template, o models.SearchOptions) ([]models.Candidate, error) {
	if probe.Format != x.format {
		return nil, models.Errorf("search", models.Mismatch, "a probe of %q, the index holds %q", probe.Format.Weights, x.format.Weights)
	}
	if o.Max < 1 || o.Max > models.MaxCandidates {
		return nil, models.Errorf("search", models.Invalid, "%d candidates asked for, 1 to %d can be given", o.Max, models.MaxCandidates)
	}
	vector, err := matcher.Vector(probe)
	if err != nil {
		return nil, err
	}
	codes := quant.NewProbe(vector)
	for range attempts - 1 {
		q := newQuery(ctx, vector, codes, o)
		list, ok := x.attempt(q)
		if err := ctx.Err(); err != nil {
			return nil, overdue(err)
		}
		if ok {
			return list, nil
		}
	}
	list, ok := x.undisturbed(newQuery(ctx, vector, codes, o))
	if err := ctx.Err(); err != nil {
		return nil, overdue(err)
	}
	if !ok { // nobody could change anything: it can't be; but it must not look as if nobody was found
		return nil, models.Errorf("search", models.Internal, "the answer is incomplete")
	}
	return list, nil
}

func overdue(err error) error { return models.Errorf("search", models.Deadline, "%w", err) }

// attempt searches beside changes; see [Index.answer] for what it reports.
func (x *Index) attempt(q *query) ([]models.Candidate, bool) {
	if x.reads(q.options.Gallery) < alone {
		x.begin(x.reading, []*query{q}).run(1)
	} else {
		x.share(q)
	}
	if q.ended() {
		return nil, false
	}
	x.rerank(x.reading, q)
	return x.answer(x.reading, q)
}

// undisturbed searches while nothing can change.
func (x *Index) undisturbed(q *query) ([]models.Candidate, bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	x.begin(unlocked{}, []*query{q}).run(x.threads())
	x.rerank(unlocked{}, q)
	return x.answer(unlocked{}, q)
}

// unlocked stands for a lock that is held already.
type unlocked struct{}

var _ sync.Locker = unlocked{}

func (unlocked) Lock()   {}
func (unlocked) Unlock() {}
