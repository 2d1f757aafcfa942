"""Oblik's search beside FAISS's and USearch's, on the same vectors, in turns.

Every engine holds the same vectors and looks for the same probes; in each
round all of them take a turn, in an order drawn anew, so that what changes in
the machine meanwhile changes for all. A way to search is a number of probes
at once and a number of threads, the same on both sides. It prints the medians
of the rounds and, round by round, Oblik's time as a part of each peer's.
"""

import argparse
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time

import faiss
import numpy as np
import usearch
from usearch.index import MetricKind
from usearch.index import search as usearch_search

BEST = 10  # vectors wanted of each search
TIE = 1e-6  # similarities nearer than this are in no order


class Oblik:
    """The program, told on standard input when to search."""

    name = "oblik"

    def __init__(self, program, more, vectors, probes):
        command = [program, "bench", "search", "--turns", "--vectors", vectors, "--probes", probes, *more]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.about = self.line()

    def line(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"oblik ended with status {self.process.wait()}")
        return json.loads(line)

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.line()

    def turn(self, at_once, threads):
        return self.ask(f"{at_once} {threads}")["perBatch"]

    def best(self):
        return self.ask("best")["rows"]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Peer:
    """A library called in this process: search(probes, threads) gives ids."""

    def __init__(self, name, search, probes):
        self.name, self.search, self.probes = name, search, probes

    def turn(self, at_once, threads):
        took = []
        for first in range(0, len(self.probes) - at_once + 1, at_once):
            some = self.probes[first : first + at_once]
            start = time.perf_counter()
            self.search(some, threads)
            took.append(time.perf_counter() - start)
        return statistics.median(took)

    def best(self):
        return self.search(self.probes, os.cpu_count()).tolist()


def stored(vectors):
    """The vectors that Oblik compares: of unit length, through float16."""

    def unit(v):
        v = v.astype(np.float64)
        return (v / np.sqrt((v * v).sum(axis=1, keepdims=True))).astype(np.float32)

    out = np.empty(vectors.shape, np.float32)
    for first in range(0, len(vectors), 65536):
        some = slice(first, first + 65536)
        out[some] = unit(unit(vectors[some]).astype(np.float16))
    return out


def filled(index, vectors):
    if not index.is_trained:
        index.train(vectors[:: max(1, len(vectors) // 100_000)])
    index.add(vectors)
    return index


def faiss_peer(name, index, probes, blas=None):
    """blas is the size from which FAISS multiplies matrices; it has a default."""
    usual = faiss.cvar.distance_compute_blas_threshold

    def search(some, threads):
        faiss.omp_set_num_threads(threads)
        faiss.cvar.distance_compute_blas_threshold = usual if blas is None else blas
        return index.search(some, BEST)[1]

    return Peer(name, search, probes)


def usearch_peer(name, vectors, probes):
    def search(some, threads):
        return usearch_search(vectors, some, BEST, MetricKind.IP, exact=True, threads=threads).keys.reshape(len(some), -1)

    return Peer(name, search, probes)


def codes(vectors):
    """Components in 8 bits, the largest of all as 127."""
    return np.round(vectors * (127 / np.abs(vectors).max())).astype(np.int8)


def engines(options, vectors_file, probes_file):
    vectors, probes = stored(np.load(vectors_file)), stored(np.load(probes_file))
    dimension = vectors.shape[1]

    def quantiser(codec):
        return faiss.IndexScalarQuantizer(dimension, codec, faiss.METRIC_INNER_PRODUCT)

    both = codes(np.concatenate([vectors, probes]))
    our_codes, their_codes = both[: len(vectors)], both[len(vectors) :]
    flat = filled(faiss.IndexFlatIP(dimension), vectors)
    all_engines = [
        Oblik(options.oblik, options.flags.split(), vectors_file, probes_file),
        faiss_peer("faiss flat", flat, probes),
        faiss_peer("faiss BLAS", flat, probes, blas=1),
        faiss_peer("faiss 8-bit", filled(quantiser(faiss.ScalarQuantizer.QT_8bit), vectors), probes),
        faiss_peer("faiss direct", filled(quantiser(faiss.ScalarQuantizer.QT_8bit_direct_signed), our_codes.astype(np.float32)),
                   their_codes.astype(np.float32)),
        usearch_peer("usearch f32", vectors, probes),
        usearch_peer("usearch i8", our_codes, their_codes),
    ]
    return all_engines, vectors, probes


def compare_best(oblik, flat, vectors, probes):
    """How many places are the same in both answers, in another order within
    TIE, or wrong; similarities are taken anew in float64."""
    same = ties = wrong = 0
    for probe, ours, theirs in zip(probes.astype(np.float64), oblik, flat):
        if len(ours) != len(theirs) or len(set(ours)) != len(ours):
            wrong += len(theirs)
            continue
        a, b = vectors[ours].astype(np.float64) @ probe, vectors[theirs].astype(np.float64) @ probe
        for i in range(len(ours)):
            if ours[i] == theirs[i]:
                same += 1
            elif abs(a[i] - b[i]) <= TIE:
                ties += 1
            else:
                wrong += 1
    return {"same": same, "ties": ties, "wrong": wrong}


def rounds(options, all_engines):
    """Seconds of a batch, by way, engine and round."""
    drawn = random.Random(options.seed)
    ways = [(at_once, threads) for at_once in (1, 8) for threads in dict.fromkeys((1, os.cpu_count()))]
    times = {way: {e.name: [] for e in all_engines} for way in ways}
    for e in all_engines:
        e.turn(8, os.cpu_count())  # the first time is in no figure
    for number in range(options.rounds):
        for way in drawn.sample(ways, len(ways)):
            for e in drawn.sample(all_engines, len(all_engines)):
                times[way][e.name].append(e.turn(*way))
        print(f"round {number + 1} of {options.rounds}", file=sys.stderr)
    return times


def results(times):
    out = []
    for (at_once, threads), by_engine in times.items():
        for name, seconds in by_engine.items():
            parts = [ours / theirs for ours, theirs in zip(by_engine["oblik"], seconds)]
            out.append({
                "atOnce": at_once, "threads": threads, "engine": name, "milliseconds": [1e3 * s for s in seconds],
                "median": 1e3 * statistics.median(seconds), "oblikIs": statistics.median(parts), "least": min(parts), "most": max(parts),
            })
    return out


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as lines:
        names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def write(report):
    print(f"machine   {report['machine']}, {report['cores']} cores, {report['date']}")
    print(f"engines   {report['engines']}")
    print(f"vectors   {report['templates']:,} of {report['dimension']}, {report['probes']} probes; the best {BEST}, no threshold; {report['rounds']} rounds, seed {report['seed']}")
    answers = ", ".join(f"{n:,} {what}" for what, n in report["answers"].items())
    print(f"answers   {answers} (oblik's places beside faiss flat's)")
    print(f"\n{'at once':8}{'threads':8}{'engine':14}{'ms':>10}{'oblik takes of it':>30}")
    for r in report["results"]:
        part = "" if r["engine"] == "oblik" else f"{r['oblikIs']:.3f} [{r['least']:.3f}..{r['most']:.3f}]"
        print(f"{r['atOnce']:<8}{r['threads']:<8}{r['engine']:14}{r['median']:>10.3f}{part:>30}")
    print("\nMedians of the rounds, [least..most] in brackets; ms until all that were searched for at once are answered.")


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--oblik", default="bin/oblik", help="the program")
    p.add_argument("--flags", default="", help="more flags for oblik bench search, e.g. '--weights-dir .cache/weights'")
    p.add_argument("--templates", type=int, default=1_000_000, help="vectors that oblik draws")
    p.add_argument("--photos", help="photographs for every tenth vector, as oblik bench search --photos takes them")
    p.add_argument("--vectors", help="a .npy file of vectors instead; with --probes")
    p.add_argument("--probes", help="a .npy file of probes, 8 or more")
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--json", help="write the report to this file, too")
    options = p.parse_args()
    if bool(options.vectors) != bool(options.probes):
        p.error("--vectors and --probes go together")
    return options


def drawn_by_oblik(options, folder):
    """Lets Oblik write the vectors and probes that its own measurement draws."""
    command = [options.oblik, "bench", "search", "--export", folder, "--templates", str(options.templates), "--seed", str(options.seed)]
    subprocess.run(command + (["--photos", options.photos] if options.photos else []) + options.flags.split(), check=True)
    return os.path.join(folder, "vectors.npy"), os.path.join(folder, "probes.npy")


def main():
    options = arguments()
    with tempfile.TemporaryDirectory() as folder:
        files = (options.vectors, options.probes) if options.vectors else drawn_by_oblik(options, folder)
        all_engines, vectors, probes = engines(options, *files)
        oblik, flat = all_engines[:2]
        answers = compare_best(oblik.best(), flat.best(), vectors, probes)
        report = {
            "machine": processor(), "cores": os.cpu_count(), "date": time.strftime("%Y-%m-%d"),
            "engines": f"{oblik.about['tool']} ({oblik.about['kernel']}), faiss-cpu {faiss.__version__} ({faiss.get_compile_options().strip()}), "
            f"usearch {usearch.__version__}, numpy {np.__version__}",
            "templates": len(vectors), "dimension": vectors.shape[1], "probes": len(probes), "rounds": options.rounds, "seed": options.seed,
            "answers": answers, "results": results(rounds(options, all_engines)),
        }
        oblik.close()
    write(report)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as out:
            json.dump(report, out, indent=2)
    if answers["wrong"]:
        sys.exit("the answers differ")


if __name__ == "__main__":
    main()
