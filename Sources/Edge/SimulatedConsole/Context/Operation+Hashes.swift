import Ports

extension Operation {
    /// What the reputation service thinks of a file.
    static let aboutHashes = [
        Operation("GET", "/hashes/{hash}/verdict", .permission("Blacklist.view")) { console, call throws(Refusal) in
            let known = console.detection(withHash: try call.hash())
            return JSON.object(["data": ["verdict": .text(known?.cloudVerdict ?? "undefined")]]).bytes
        },
        Operation("GET", "/hashes/{hash}/reputation", .token) { console, call throws(Refusal) in
            guard console.settings.hasHashReputation else { throw .unknownID("no such route on this console") }
            let ranks = ["black": "9", "gray": "5", "white": "0"]
            let verdict = console.detection(withHash: try call.hash())?.cloudVerdict ?? ""
            return JSON.object(["data": ["rank": .text(ranks[verdict] ?? "3")]]).bytes
        },
        Operation("GET", "/hashes/{hash}/classification", .token) { console, call throws(Refusal) in
            guard console.settings.hasHashReputation else { throw .unknownID("no such route on this console") }
            guard let known = console.detection(withHash: try call.hash()) else { throw .unknownID("hash") }
            return JSON.object([
                "data": [
                    "classification": .text(known.classification),
                    "classificationSource": .text(known.classificationSource),
                ]
            ]).bytes
        },
    ]
}

extension Call {
    fileprivate func hash() throws(Refusal) -> String {
        let text = (parts.first ?? "").lowercased()
        guard [32, 40, 64].contains(text.count), text.allSatisfy(\.isHexDigit) else {
            throw .invalid("hash: Not a valid hash.")
        }
        return text
    }
}

extension SimulatedConsole {
    /// What was detected lately with that hash; the service forgets.
    fileprivate func detection(withHash hash: String) -> Detection? {
        for ordinal in (0..<threats.count).reversed().prefix(20_000) {
            let detection = threats[ordinal].incident.detection(cast)
            if [detection.file.sha1, detection.file.sha256, detection.file.md5].contains(hash) { return detection }
        }
        return nil
    }
}
