// Package slab keeps big tables outside Go's heap. The garbage collector lets
// its heap grow to twice what is in use before it looks again; a register of
// ten million faces has no room for that. Here memory is mapped from the
// system when it is needed and given back when it is not.
//
// There are two kinds: a [Table] of small slots of one size, named by number,
// for the things a search looks up; and a [Heap] of blocks of several sizes for
// the things it reads from end to end. Neither is safe for concurrent use, and
// neither may hold Go pointers, which the collector would not see.
//
// Memory that is not zeroed on purpose may linger: what must not be readable
// after its end has to be wiped. [Table.Free] does so, [Heap.Put] does not.
package slab
