// Package benchmarks measures how good, how small and how fast the matcher is,
// on a data set of photographs named by person (Labeled Faces in the Wild, or
// any other in its layout), and makes the calibration table that scores come
// from. Searches and comparisons need no photographs.
//
// The way of a measurement, a file a step:
//
//   - dataset.go, archive.go, builder.go: the photographs, from a folder, a zip
//     or a tar.
//   - pairs.go, pairs_parse.go, aliases.go: the list of pairs with its folds;
//     the known label errors, as digests.
//   - extract.go, stages.go, set.go: every photograph's vector; a failure is
//     counted.
//   - eachpair.go, cross.go: the similarity of every pair of photographs;
//     roc.go: the rates FMR and FNMR at a threshold and the other way round.
//   - accuracy.go: the accuracy over the folds of the list.
//   - intervals.go, scores.go: 95 % intervals, by resampling people.
//   - calibrate.go, tail.go, pareto.go, pareto_fit.go, holdout.go: the table,
//     its fitted tail, and what a table made on some folds achieves on the others.
//   - identify.go, draws.go, gallery.go: open-set searches, ISO/IEC 19795-1.
//   - engines.go: two engines over the same photographs.
//   - speed.go, speed_contender.go, speed_race.go, speed_single.go,
//     speed_result.go, speed_memory.go, speed_photo.go, speed_text.go: how fast
//     templates are made, by ways that take turns.
//   - vectors.go, vectors_npy.go: the vectors of a register, drawn or of a file;
//     search.go, search_register.go: searches in registers of several sizes;
//     search_round.go, search_fold.go, search_time.go: their times, by ways that
//     take turns, beside the memory's bandwidth; search_churn.go: while people
//     come and go; search_check.go, search_brute.go: the answers beside a brute
//     force's; search_memory.go, search_text.go; search_turns.go: in turns with
//     other programs (peers/).
//   - compare.go: one-to-one comparisons.
//   - options.go, lfw.go, calibration.go, identification.go: the commands LFW,
//     Calibrate and Identify; report.go, report_text.go: what they print.
//
// The similarity is the cosine of the vectors as templates store them
// (float16), since this is what the service compares. A pair matches if its
// similarity is at least the threshold. FMR counts pairs of different people;
// FNMR counts pairs of one person, and a photograph that gave no template
// (a failure to extract: no face, one too small, one not upright, ...) matches
// nobody, so that all its mated pairs are misses.
//
// Every random draw has a seed that is in the report, and results do not
// depend on the number of workers.
package benchmarks
