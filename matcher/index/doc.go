// Package index searches the templates of a country's register in memory,
// exactly, while it changes.
//
// # The way of a search
//
// [Index.Search] makes a query of the probe: its vector, and its 8-bit codes
// (matcher/quant). The query begins at some moment: it notes how many rows have
// been born so far, and the least similarity that can make a candidate among as
// many templates as there are (query.go, plan.go). Then a pass reads the codes
// of all rows of the partitions that hold its gallery, a step of some thousand
// rows after the other, each under the index's lock for reading; between two
// steps writers get their turn (pass.go). Large searches that come while a pass
// is under way share the next one, up to 8 of them (queue.go).
//
// A row's integer product bounds its exact similarity from both sides. Rows
// whose upper bound reaches the cut are kept. The cut is the least similarity
// above, and rises to the lower bound of the k-th best person as soon as k
// people are known, so that soon hardly any row is kept.
//
// What was kept is scored exactly, the most promising first, from the float16
// vectors that lie beside the codes (rerank.go). At last, under one lock, the
// answer is made (answer.go): a row whose place was written to since the query
// began is dropped, and the rows born since are scored, so the answer is that
// of this one moment. If somebody who had raised the cut is no longer as good,
// somebody below it might be missing; then the search begins anew, and after a
// few times keeps writers out until it is done.
//
// The price of that one lock grows with the rows that may be among the best: with
// 300,000 all but equal templates a search takes 0.65 s, and a change waits
// 0.4 s for it.
//
// # What lies where
//
// A row is a template: its codes, the low byte of each float16, those high
// bytes that the codes don't tell, and the number of its entry, 290 bytes for
// 128 dimensions. Rows of one set of galleries and one class of codes are a
// partition, so that a search of a small gallery reads no more than that
// gallery (sets.go, partition.go). INACTIVE encounters have no rows. Rows are
// dense: the last one moves into the gap that another leaves, and the end of a
// partition is given back to the system (extent.go). A row that is moved counts
// as born.
//
// An entry is an encounter's place; a person's entries are a chain, found by
// the person's id through a hash table that grows a bucket at a time
// (entries.go, persons.go, ids.go). All this lies outside Go's heap
// (matcher/slab): 1,000,000 people with a template each take 370 MB. What
// entries and ids leave behind is used again, and given back when all have
// gone. On Go's heap are only the sets of galleries, some 300 bytes each, and
// the high bytes of the few rows that have more of them than a row has room for.
//
// A change first reserves all the memory it needs, so that it is made wholly or
// not at all. It wipes what it removes.
package index
