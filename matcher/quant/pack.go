package quant

import "github.com/x448/float16"

// Pack splits x, a template's float16 bits, into what a scan reads and the
// rest: codes and low, both as long as x, and the high bytes of the components
// whose |code| is 4 or less, in order, appended to high. All |x| must be less
// than 1.99, as they are in a vector of unit length; Pack panics otherwise.
func Pack(x []uint16, codes []int8, low, high []byte) (Class, []byte) {
	codes, low = codes[:len(x)], low[:len(x)]
	var greatest uint16
	for _, bits := range x {
		greatest = max(greatest, bits&^signBit)
	}
	class := classOf(greatest)
	scale := float32(int(64) << class)
	for i, bits := range x {
		// Exact: 11 bits times a power of two, plus a half.
		k := int8(float16.Frombits(bits&^signBit).Float32()*scale + 0.5)
		if bits&signBit != 0 {
			k = -k
		}
		codes[i], low[i] = k, byte(bits&0xFF)
		if isDense(k) {
			high = append(high, byte(bits>>8))
		}
	}
	return class, high
}

// Unpack puts together what [Pack] split. It reports false if codes and low
// are not as long as x or high holds too few bytes; more than are needed do
// no harm, so a row's bytes may lie in a slot of a fixed size.
func Unpack(class Class, codes []int8, low, high []byte, x []uint16) bool {
	if len(codes) != len(x) || len(low) != len(x) || class >= Classes {
		return false
	}
	down := uint16(class) << exponent
	for i, k := range codes {
		if isDense(k) {
			if len(high) == 0 {
				return false
			}
			x[i] = uint16(high[0])<<8 | uint16(low[i])
			high = high[1:]
			continue
		}
		sign, magnitude := uint16(0), int(k)
		if k < 0 {
			sign, magnitude = signBit, -magnitude
		}
		start := starts[magnitude] - down
		x[i] = sign | (start + (uint16(low[i])-start)&0xFF)
	}
	return true
}

func isDense(k int8) bool { return -dense <= k && k <= dense }
