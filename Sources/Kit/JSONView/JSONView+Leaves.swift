import CSimdJSON

/// A text or a number in a document.
package struct JSONLeaf: Sendable, Equatable {
    /// Where it lies in the document, quotes included.
    package let range: Range<Int>
    package let isText: Bool
}

// Looking at all of a value in one pass over the index, whatever its depth: no view, no text and no stack is made.
extension JSONView {
    /// Every text and number in it, names aside, in the order of the document.
    package var leaves: [JSONLeaf] {
        isMissing ? [] : document.leaves(of: node, areAllMeant: true) { _ in true }
    }

    /// Of these the ones below members with a name of which that is true, or with a name of broken characters, which
    /// may be any. It is asked of each name's characters, unescaped.
    package func leaves(under isMeant: (Span<UInt8>) -> Bool) -> [JSONLeaf] {
        isMissing ? [] : document.leaves(of: node, areAllMeant: false, under: isMeant)
    }
}

extension JSONDocument {
    fileprivate func leaves(
        of root: UInt32, areAllMeant: Bool, under isMeant: (Span<UInt8>) -> Bool
    ) -> [JSONLeaf] {
        var leaves: [JSONLeaf] = []
        withNodes { nodes, bytes in
            let end = nodes[Int(root)].next
            // Everything before this node is meant.
            var meant = areAllMeant ? end : root
            for index in root..<end {
                let node = nodes[Int(index)]
                switch Int(node.kind) {
                case DOCKET_JSON_NAME, DOCKET_JSON_ESCAPED_NAME:
                    if index >= meant, isName(node, bytes, isMeant) { meant = nodes[Int(index + 1)].next }
                case DOCKET_JSON_TEXT, DOCKET_JSON_ESCAPED_TEXT, DOCKET_JSON_INTEGER, DOCKET_JSON_NUMBER:
                    guard index < meant else { continue }
                    let isText = [DOCKET_JSON_TEXT, DOCKET_JSON_ESCAPED_TEXT].contains(Int(node.kind))
                    leaves.append(JSONLeaf(range: Int(node.start)..<Int(node.end), isText: isText))
                default: break
                }
            }
        }
        return leaves
    }

    private func isName(_ node: Node, _ bytes: UnsafePointer<UInt8>, _ isMeant: (Span<UInt8>) -> Bool) -> Bool {
        if isUTF8, Int(node.kind) == DOCKET_JSON_NAME {
            let (start, count) = (bytes + Int(node.start) + 1, Int(node.end - node.start) - 2)
            return isMeant(UnsafeBufferPointer(start: start, count: count).span)
        }
        guard var name = text(node) else { return true }
        return name.withUTF8 { isMeant($0.span) }
    }
}
