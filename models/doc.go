// Package models holds the words of the domain: what is stored, compared and
// answered, with no knowledge of images, networks, databases or HTTP.
//
// The terms are those of ISO/IEC 2382-37 (vocabulary), ISO/IEC 19795-1
// (performance) and OSIA Biometrics 1.6.1 (data model):
//
//   - Sample: a photograph, or another record of one biometric characteristic.
//   - Template: what the matcher keeps of a sample; comparable only with
//     templates of the same Format.
//   - Probe: the sample or template a question is asked about.
//   - Reference: a stored template the probe is compared with.
//   - Person: somebody on record; Encounter: one visit, with its samples.
//   - Gallery: a named set of encounters to search in.
//   - Mated, non-mated: a pair of one person, of two people.
//   - FMR, FNMR: the rates of false match and false non-match of 1:1
//     comparisons. FPIR, FNIR: the same of searches.
//   - Score: -10*log10(FMR), see [Score].
//
// A neural net's file is "weights", never a "model". The package imports the
// standard library only and declares no interface and no JSON tag: the wire
// has its own types in api/osia.
package models
