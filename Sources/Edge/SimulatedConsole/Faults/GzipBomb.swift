import Ports

/// A small body that says it is gzip, and is: of very many zero bytes.
enum GzipBomb {
    static func bytes(_ count: Int) -> Bytes {
        var bits = BitWriter()
        bits.bytes = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]
        // One block with the codes that deflate brings along: a zero, then copies of 258 zeros from one byte back.
        bits.put(0b011, 3)
        bits.put(code: 0x30, 8)
        var rest = count - 1
        while rest >= 258 {
            bits.put(code: 0b1100_0101, 8)
            bits.put(code: 0, 5)
            rest -= 258
        }
        for _ in 0..<rest { bits.put(code: 0x30, 8) }
        bits.put(code: 0, 7)
        bits.flush()
        bits.bytes += word(checksum(zeros: count)) + word(UInt32(truncatingIfNeeded: count))
        return Bytes(bits.bytes)
    }

    private static func word(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }

    /// CRC-32 of so many zero bytes without looking at each: its register is multiplied by x^8 once per byte.
    static func checksum(zeros count: Int) -> UInt32 {
        var register: UInt32 = 0xffff_ffff
        var power: UInt32 = 1 << 23  // x^8, with the lowest power in the highest bit
        var rest = count
        while rest > 0 {
            if rest & 1 == 1 { register = product(register, power) }
            power = product(power, power)
            rest >>= 1
        }
        return ~register
    }

    private static func product(_ left: UInt32, _ right: UInt32) -> UInt32 {
        var (sum, right) = (UInt32(0), right)
        for bit in (0..<32).reversed() {
            if left >> UInt32(bit) & 1 == 1 { sum ^= right }
            right = right & 1 == 1 ? right >> 1 ^ 0xedb8_8320 : right >> 1
        }
        return sum
    }
}

/// Fills bytes from their lowest bit.
private struct BitWriter {
    var bytes: [UInt8] = []
    private var pending: UInt32 = 0
    private var count: UInt32 = 0

    mutating func put(_ value: UInt32, _ width: UInt32) {
        pending |= value << count
        count += width
        while count >= 8 {
            bytes.append(UInt8(truncatingIfNeeded: pending))
            pending >>= 8
            count -= 8
        }
    }

    /// Codes go in from their highest bit.
    mutating func put(code: UInt32, _ width: UInt32) {
        var turned: UInt32 = 0
        for bit in 0..<width where code >> bit & 1 == 1 { turned |= 1 << (width - 1 - bit) }
        put(turned, width)
    }

    mutating func flush() { if count > 0 { put(0, 8 - count) } }
}
