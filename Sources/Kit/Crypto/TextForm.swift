import CSodium

/// Bytes as text and back: hexadecimal and the standard base64 with padding. Reading is strict.
package enum TextForm {
    static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(unsafeUninitializedCapacity: bytes.count * 2) { room in
            for (index, byte) in bytes.enumerated() {
                room[index * 2] = digits[Int(byte >> 4)]
                room[index * 2 + 1] = digits[Int(byte & 15)]
            }
            return bytes.count * 2
        }
    }

    /// With padding.
    package static func base64(_ bytes: [UInt8]) -> String {
        var room = [CChar](
            repeating: 0, count: sodium_base64_encoded_len(bytes.count, sodium_base64_VARIANT_ORIGINAL))
        sodium_bin2base64(&room, room.count, bytes, bytes.count, sodium_base64_VARIANT_ORIGINAL)
        return String(decoding: room.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Exactly `count` bytes from either form; nil for anything else.
    static func bytes(_ text: String, count: Int) -> [UInt8]? {
        let characters = text.utf8.map { CChar(bitPattern: $0) }
        var bytes = [UInt8](repeating: 0, count: count)
        var length = 0
        // Without a place for the end of what was read, the whole text has to be of the form.
        let outcome =
            characters.count == count * 2
            ? sodium_hex2bin(&bytes, count, characters, characters.count, nil, &length, nil)
            : sodium_base642bin(
                &bytes, count, characters, characters.count, nil, &length, nil, sodium_base64_VARIANT_ORIGINAL)
        return outcome == 0 && length == count ? bytes : nil
    }
}
