// Package s3 keeps images in an S3-compatible store. An image is one object,
// written in one request and never changed; its name is made of its random key
// and says nothing about anybody.
//
// What is asked of the server:
//
//   - If-None-Match: * on a PUT, so that of two who store under one key one is
//     refused. Some servers accept the header and ignore it. The first
//     [Store.Ping] finds out, and with such a server nothing is stored.
//   - x-amz-checksum-sha256: the server compares what arrived with it. One that
//     does not confirm the checksum in its answer is asked for the image again,
//     and the bytes are compared here: a second request for each image.
//   - Reads and lists that see what was written before, as Amazon's have done
//     since 2020.
//
// A server's 200 is taken for durable. Some gateways answer it before the bytes
// are on a disk (versitygw never calls fsync): a power cut there can lose an
// image whose row stands. The rows hold length and digest of every image, so
// that no other bytes are served and storage.Sweep finds what is missing.
//
// A request whose answer is lost may still be carried out later, even after a
// Delete of the same key. What it leaves is an orphan to the sweep.
//
// Encryption on the server's side is its administrator's matter: some servers
// accept a key with each request (SSE-C) and store the image in the clear.
package s3
