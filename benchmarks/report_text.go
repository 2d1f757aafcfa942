package benchmarks

import (
	"io"
	"slices"
)

// WriteText writes the report in plain words.
func (r LFWReport) WriteText(w io.Writer) error {
	t := newTable(w)
	r.rows(t)
	t.row("\t")
	t.row("\teverything counted\twithout %d label errors", r.WithoutLabelErrors.LabelErrors)
	a, b := r.Figures, r.WithoutLabelErrors
	t.row("accuracy, %d folds\t%s\t%s", len(a.List.Folds), a.List, b.List)
	t.row("mated pairs\t%d\t%d", a.MatedPairs, b.MatedPairs)
	t.row("non-mated pairs\t%d\t%d", a.NonMatedPairs, b.NonMatedPairs)
	for _, fmr := range slices.Backward(FMRs) {
		k := rateKey(fmr)
		t.row("FNMR at FMR %s\t%s\t%s", k, a.FNMR[k], b.FNMR[k])
	}
	t.row("In brackets: 95 %% intervals, %d resamplings of people, seed %d. FMR is counted among unrelated people of the data set.", r.Replicates, r.Seed)
	return t.end()
}

// WriteText writes the report in plain words.
func (r CalibrationReport) WriteText(w io.Writer) error {
	t := newTable(w)
	r.rows(t)
	for _, h := range r.HoldOuts {
		t.row("\t")
		t.row("Fitted on %s (%d non-mated pairs, counted up to score %.2f), measured on %s (%d), %d label errors left out:",
			h.FittedOn, h.FitPairs, h.EmpiricalEnd, h.MeasuredOn, h.Pairs, h.LabelErrors)
		t.row("score\tpromised FMR\tachieved FMR\t95 %% interval\tmatching pairs\tat similarity")
		for _, s := range h.Scores {
			t.row("%.0f\t%.3g\t%.3g\t%.3g..%.3g\t%d\t%.4f", s.Score, s.Promised, s.Achieved, s.Low, s.High, s.Matches, s.Similarity)
		}
	}
	p, last := r.Table.Provenance, r.Table.Knots[len(r.Table.Knots)-1]
	g := r.Table.Tail
	t.row("\t")
	t.row("Table: %d photographs of %d people, %d mated and %d non-mated pairs, %d label errors left out",
		p.Images, p.People, p.MatedPairs, p.NonMatedPairs, p.LabelErrors)
	t.row("counted up to score %.2f (similarity %.4f), then extrapolated to score %.0f at similarity %.4f", last.Score(), last.Similarity(),
		g.Knots[len(g.Knots)-1].Score(), g.Knots[len(g.Knots)-1].Similarity())
	t.row("tail: generalised Pareto over the top %d pairs (similarity > %.4f), shape %.3f (%.3f..%.3f), scale %.4f",
		g.Exceedances, g.Threshold, g.Shape, g.ShapeLow, g.ShapeHigh, g.Scale)
	t.row("fit: Kolmogorov-Smirnov distance %.4f, p = %.3f; slope at most %.1f score per similarity", g.Distance, g.Fit, g.Slope)
	t.row("\t")
	t.row("score\tsimilarity\twith the label errors counted")
	for _, c := range r.Counted {
		t.row("%.0f\t%.4f\t%.4f", c.Score, c.WithoutLabelErrors, c.EverythingCounted)
	}
	return t.end()
}

// WriteText writes the report in plain words.
func (r IdentificationReport) WriteText(w io.Writer) error {
	t := newTable(w)
	r.rows(t)
	for _, g := range r.Galleries {
		t.row("\t")
		non := "of people not enrolled"
		if g.LeaveOneOut {
			non = "of everyone, their own reference left out"
		}
		t.row("%d people enrolled, one photograph each, %d draws: %d mated searches, %d non-mated %s",
			g.People, g.Draws, g.MatedSearches, g.NonMatedSearches, non)
		t.row("rank 1, no threshold\t%.2f %%", 100*g.Rank1)
		for _, fpir := range slices.Backward(FPIRs) {
			t.row("FNIR at FPIR %s\t%s", rateKey(fpir), g.FNIR[rateKey(fpir)])
		}
		for _, s := range g.Service {
			t.row("at score %.0f (FPIR %.3g promised)\tFPIR %s\tFNIR %s", s.Score, s.Promised, s.FPIR, s.FNIR)
		}
	}
	t.row("\t")
	if r.NotEnrolled > 0 {
		t.row("%d people whose photographs all failed are in no gallery.", r.NotEnrolled)
	}
	t.row("%d label errors left out. In brackets: 95 %% intervals, %d resamplings of the people searched for, seed %d.", r.LabelErrors, r.Replicates, r.Seed)
	return t.end()
}
