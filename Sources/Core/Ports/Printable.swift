extension String {
    /// The text as it may be shown to a person: control and bidirectional characters are written out as `\u{…}`, so
    /// that foreign text can neither move a cursor nor reorder a line, and what takes more than `limit` bytes ends in
    /// `…`.
    package func printable(atMost limit: Int = 256) -> String {
        var shown = ""
        for scalar in unicodeScalars {
            let piece = scalar.isUnseen ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
            guard shown.utf8.count + piece.utf8.count <= limit else { return shown + "…" }
            shown += piece
        }
        return shown
    }
}

extension Unicode.Scalar {
    /// Control characters, line separators, and whatever changes how the text around it is laid out.
    package var isUnseen: Bool {
        switch value {
        case 0..<0x20, 0x7f..<0xa0: true
        case 0xad, 0x61c, 0x180e: true
        case 0x200b...0x200f, 0x2028...0x202e, 0x2060...0x206f, 0xfeff, 0xfff9...0xfffb: true
        case 0xe0000...0xe007f: true
        default: false  // every other character shows itself
        }
    }
}

extension Sequence<String> {
    /// The name that was probably meant: at most two letters away (one for short names), a swap counted as one.
    package func nearest(to name: String) -> String? {
        let written = Array(name.lowercased().unicodeScalars)
        // Longer names are not typing mistakes, and the comparison costs length times length.
        guard (1...64).contains(written.count) else { return nil }
        var best: (name: String, distance: Int)?
        for candidate in self {
            let known = Array(candidate.lowercased().unicodeScalars)
            guard known.count <= 64 else { continue }
            let distance = editDistance(written, known)
            guard distance <= (Swift.min(written.count, known.count) < 4 ? 1 : 2) else { continue }
            if distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.name
    }
}

/// Insertions, deletions, replacements and swaps of neighbours that lead from one to the other.
private func editDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for row in 0..<left.count {
        var current = [row + 1]
        for column in 0..<right.count {
            let replaced = last[column] + (left[row] == right[column] ? 0 : 1)
            var least = min(last[column + 1] + 1, current[column] + 1, replaced)
            if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                least = min(least, beforeLast[column - 1] + 1)
            }
            current.append(least)
        }
        beforeLast = last
        last = current
    }
    return last[right.count]
}
