// Package conformance checks whether a biometric matching service (an ABIS)
// speaks OSIA Biometrics 1.6.1, over HTTP alone: any service, by any vendor. It
// asks each of the 22 operations, rightly and wrongly, with an answer awaited
// and with one called back, and says for each check whether it passed, failed,
// was not offered or could not be tested, with the clause of the standard that
// it checks.
//
// # How a check is written
//
// A check is a row of the table that [Checks] gives: an id, the clause, the
// profile and a function. The id begins with the operationId of the operation
// that the check is about; where the service does not offer that one, the check
// is not run.
//
//	{"deleteAll/gone", "abis.yaml deleteAll", OSIA, func(t *trial) {
//		person, visit := t.enrolled(t.Photos.Mated1)
//		t.must(ask("deleteAll", person))
//		t.want(t.send(ask("readEncounter", person, visit)), 404)
//	}},
//
// The function works through a trial, as a Go test works through a testing.T:
//
//   - ask makes a request of an operation; its arguments fill the path's
//     parameters in order. With, body, as and others change it.
//   - send sends it. want demands a status and, as far as the standard declares
//     them, the content type and the body's schema.
//   - must is for what a check needs and is not about: any success will do, so
//     that one fault is reported by the checks that it concerns and not by all.
//   - failf ends the check as failed, skipf as not tested.
//
// A check makes its own persons and galleries, with ids of its own (id, person,
// enrolled), and needs nothing another one left; persons are erased when it
// ends. A request that the service must be able to fulfil is made by example,
// for each operation. What goes for all operations alike is written once and
// made into a row for each (see every.go).
//
// # Profiles
//
// The profile [OSIA] demands what the standard says and no more: 403, 404 and
// 409 have no body there, and a missing token may be 401 or 403. Where the
// standard leaves a point open, the answer of the service that this package was
// written beside is in the profile [Oblik]; another vendor leaves it out.
//
// Photographs never appear in a report.
package conformance
