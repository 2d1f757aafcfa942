#include <stddef.h>
#include <stdint.h>

#pragma once

// What Go calls; scan.go and native.go say what the parts mean.
enum { LANES = 16, MAX_QUERIES = 8, MAX_GROUPS = 1024 };

typedef struct {
	uint32_t row;
	int32_t dot;
} hit;

// One pass of queries over blocks, passed by value: none of its pointers leads
// to another, so Go may pass its own.
typedef struct {
	const uint8_t *blocks;
	size_t count; // of blocks
	size_t dim;
	size_t queries;
	const int8_t *codes[MAX_QUERIES];
	int32_t cut[MAX_QUERIES];
	hit *hits[MAX_QUERIES]; // room for every row
	uint32_t first;         // the row number of the first row
} pass;

// Both put the number of each query's hits into found.
void scan_avx512(pass p, uint32_t *found);
void scan_avx2(pass p, uint32_t *found);

// Both fetch ahead, as the scans do: without it they read a seventh less a
// second (AMD EPYC 9005), and a scan would seem that much nearer to the memory.
uint64_t read_avx512(const uint8_t *b, size_t chunks); // of 512 bytes
uint64_t read_avx2(const uint8_t *b, size_t chunks);
