package main

// spared is what an image store's fault leaves alone: all but an enrolment and
// reading the image.
func spared(enrol, read string) map[string]string {
	return map[string]string{"enrol": enrol, "erase": "204", "verify": "200", "identify": "200", "compare": "200", "read": read}
}

// imageFaults are those of the S3 server and of the network to it.
func imageFaults() []faultRow {
	return append([]faultRow{
		{name: "image store killed (SIGKILL)", named: "image store", want: spared(away, away),
			begin: func(w *world, _ string) { w.must(w.s3.Kill()) },
			end:   func(w *world) { w.must(w.s3.Start()) }},
		{name: "network to the image store down", named: "image store", want: spared(away, away),
			begin: func(w *world, _ string) { w.s3Net.stop() },
			end:   func(w *world) { w.s3Net.mend() }},
		{name: "image store slow, 1 KB/s", want: spared("503/50301", "503/50301"),
			begin: func(w *world, _ string) {
				w.s3Net.toxic(`"type":"bandwidth","attributes":{"rate":1}`, "upstream", "downstream")
			},
			end: func(w *world) { w.s3Net.mend() }},
		{name: "image store frozen (SIGSTOP)", named: "image store", want: spared(silent, silent),
			begin: func(w *world, _ string) { w.s3.Pause() },
			end:   func(w *world) { w.s3.Resume() }},
		{name: "connection lost while an image is sent", want: spared(away, "200"),
			begin: func(w *world, _ string) {
				w.s3Net.toxic(`"type":"limit_data","attributes":{"bytes":100000}`, "upstream")
			},
			end: func(w *world) { w.s3Net.mend() }},
		{name: "connection lost while an image comes", want: spared("200", away),
			begin: func(w *world, _ string) {
				w.s3Net.toxic(`"type":"limit_data","attributes":{"bytes":100000}`, "downstream")
			},
			end: func(w *world) { w.s3Net.mend() }},
		forged("503 SlowDown once", first(says(503, "SlowDown")), spared("200", "200")),
		named(forged("503 SlowDown always", says(503, "SlowDown"), spared(away, away))),
		named(forged("credentials expired", says(400, "ExpiredToken"), spared(away, away))),
		named(forged("secret key refused", says(403, "SignatureDoesNotMatch"), spared(away, away))),
		named(forged("clocks differ (RequestTimeTooSkewed)", says(403, "RequestTimeTooSkewed"), spared(away, away))),
		forged("200 with an error as its body", onImages("PUT", says(200, "InternalError")), spared(away, "200")),
		forged("stored, another ETag and no checksum answered", onImages("PUT", nothingSure), spared("200", "200")),
		forged("stored, the first answer lost", onImages("PUT", first(answerLost)), spared("200", "200")),
		forged("stored, every answer lost", onImages("PUT", answerLost), spared(away, "200")),
		forged("other bytes come once", onImages("GET", first(otherBytes)), spared("200", "200")),
		forged("other bytes come always", onImages("GET", otherBytes), spared("200", "500/50001")),
	}, sweptFaults()...)
}

func named(row faultRow) faultRow {
	row.named = "image store"
	return row
}

// forged is a fault of the answers.
func forged(name string, forge forgery, want map[string]string) faultRow {
	return faultRow{
		name: "image store: " + name, want: want,
		begin: func(w *world, _ string) { w.forger.set(forge) },
		end:   func(w *world) { w.forger.clear() },
	}
}
