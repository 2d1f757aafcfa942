package header

// huffmanTables checks DHT: class and id bounded, at most 256 codes, and the
// lengths adding up.
func huffmanTables(b []byte) error {
	for len(b) > 0 {
		if len(b) < 17 || b[0]>>4 > 1 || b[0]&15 > 3 {
			return damaged(JPEG, "with a bad Huffman table")
		}
		n := 0
		for _, count := range b[1:17] {
			n += int(count)
		}
		if n > 256 || len(b) < 17+n {
			return damaged(JPEG, "with a bad Huffman table")
		}
		b = b[17+n:]
	}
	return nil
}

// quantTables checks DQT: 8 or 16-bit entries, id bounded, the lengths adding
// up.
func quantTables(b []byte) error {
	for len(b) > 0 {
		size := 1 + 64*(1+int(b[0]>>4))
		if b[0]>>4 > 1 || b[0]&15 > 3 || len(b) < size {
			return damaged(JPEG, "with a bad quantisation table")
		}
		b = b[size:]
	}
	return nil
}
