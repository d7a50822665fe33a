import Crypto
import Ports
import Testing

@Suite("Digests")
struct DigestTests {
    @Test(
        "SHA-256 gives the digests of FIPS 180-4",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            (
                String(repeating: "a", count: 1_000_000),
                "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
            ),
        ])
    func vectors(text: String, hex: String) {
        #expect(SHA256(of: text).hex == hex)
        #expect(SHA256(of: Bytes(text)) == SHA256(of: Array(text.utf8)))
    }

    @Test("comparing in constant time agrees with comparing")
    func comparison() {
        #expect(equalInConstantTime([], []))
        #expect(equalInConstantTime([1, 2], [1, 2]))
        #expect(!equalInConstantTime([1, 2], [1, 3]))
        #expect(!equalInConstantTime([1, 2], [1]))
    }
}

@Suite("Signatures")
struct SignatureTests {
    private static func bytes(_ hex: String) -> [UInt8] {
        stride(from: 0, to: hex.count, by: 2).compactMap { UInt8(hex.dropFirst($0).prefix(2), radix: 16) }
    }

    @Test(
        "keys and signatures are those of RFC 8032",
        arguments: [
            (
                "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555"
                    + "fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
            ),
            (
                "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                    + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
            ),
            (
                "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
                "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
                "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                    + "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
            ),
        ])
    func vectors(seed: String, open: String, message: String, signature: String) throws {
        let key = try SigningKey(seed: Self.bytes(seed))
        let message = Bytes(Self.bytes(message))
        #expect(key.verifyingKey.hex == open)
        #expect(key.sign(message).hex == signature)
        #expect(try VerifyingKey(open).verifies(Signature(signature), of: message))
    }

    @Test("a change of any one byte of message, signature or key is refused")
    func tampering() throws {
        let key = SigningKey.generate()
        let message = Array("approve eu1.9041#1/contain@3f9c/isolate#1/host-7".utf8)
        let signature = key.sign(Bytes(message))
        #expect(key.verifyingKey.verifies(signature, of: Bytes(message)))
        for position in message.indices {
            var changed = message
            changed[position] ^= 1
            #expect(!key.verifyingKey.verifies(signature, of: Bytes(changed)), "message byte \(position)")
        }
        for position in signature.bytes.indices {
            var changed = signature.bytes
            changed[position] ^= 1
            let forged = try Signature(hex(changed))
            #expect(!key.verifyingKey.verifies(forged, of: Bytes(message)), "signature byte \(position)")
        }
        for position in key.verifyingKey.bytes.indices {
            var changed = key.verifyingKey.bytes
            changed[position] ^= 1
            let other = try VerifyingKey(hex(changed))
            #expect(!other.verifies(signature, of: Bytes(message)), "key byte \(position)")
        }
        #expect(!key.verifyingKey.verifies(signature, of: Bytes(message + [0])))
        #expect(!key.verifyingKey.verifies(signature, of: .empty))
    }

    @Test("the signature of another key is refused, and so is a key of small order")
    func otherKey() throws {
        let message: Bytes = "release"
        let signature = SigningKey.generate().sign(message)
        #expect(!SigningKey.generate().verifyingKey.verifies(signature, of: message))
        let zero = try VerifyingKey(String(repeating: "0", count: 64))
        #expect(!zero.verifies(try Signature(String(repeating: "0", count: 128)), of: message))
    }

    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

@Suite("Key files")
struct KeyFileTests {
    @Test("a key comes back from its file, and its public half from either text form")
    func roundTrip() throws {
        let key = SigningKey.generate()
        let again = try SigningKey(fileText: key.fileText)
        #expect(again.verifyingKey == key.verifyingKey)
        #expect(key.verifyingKey.verifies(again.sign("x"), of: "x"))
        #expect(try VerifyingKey(key.verifyingKey.base64) == key.verifyingKey)
        #expect(try VerifyingKey(key.verifyingKey.hex) == key.verifyingKey)
        #expect(try Signature(key.sign("x").base64) == key.sign("x"))
        #expect(SigningKey.generate().verifyingKey != key.verifyingKey)
    }

    @Test("a private key never prints, however it is printed")
    func silence() {
        struct Holder {
            let key: SigningKey
            let file: Secret
        }
        let key = SigningKey.generate()
        let file = key.fileText.reveal()
        let secret = file.split(separator: "\n")[1].split(separator: " ")[3]
        var dumped = ""
        dump(Holder(key: key, file: key.fileText), to: &dumped)
        for text in ["\(key)", String(reflecting: key), "\([key])", dumped, "\(Optional(key) as Any)"] {
            #expect(!text.contains(secret))
            #expect(text.contains("•••"))
        }
    }

    @Test("a damaged key file is refused in words that do not repeat it")
    func damage() throws {
        let text = SigningKey.generate().fileText.reveal()
        let line = String(text.split(separator: "\n")[1])
        let words = line.split(separator: " ").map(String.init)
        var flipped = words
        flipped[3] = String(flipped[3].dropFirst().dropLast()) + "A="
        let damaged = [
            "", "\n", "# only this", line + "\n" + line, words.dropLast().joined(separator: " "),
            line.replacing("private", with: "public"), line.replacing("key-1", with: "key-9"),
            flipped.joined(separator: " "), line.replacing(words[3], with: "AAAA"),
            line.replacing(words[4], with: SigningKey.generate().verifyingKey.base64),
            line.replacing(words[3], with: words[4]),
        ]
        for file in damaged {
            let problem = #expect(throws: CryptoProblem.self) { try SigningKey(fileText: Secret(file)) }
            #expect(problem?.remedy == .stop)
            #expect(problem?.detail.contains(words[3]) == false)
        }
        _ = try SigningKey(fileText: Secret("\r\n# note\r\n" + line + "\r\n"))
    }

    @Test(
        "what is not a public key or a signature is refused",
        arguments: ["", " ", "zz", "AAAA", String(repeating: "g", count: 64), String(repeating: "A", count: 44)])
    func notKeys(text: String) {
        #expect(throws: CryptoProblem.self) { try VerifyingKey(text) }
        #expect(throws: CryptoProblem.self) { try Signature(text) }
    }

    @Test("a seed of another length is refused", arguments: [0, 31, 33, 64])
    func seeds(count: Int) {
        #expect(throws: CryptoProblem.self) { try SigningKey(seed: Array(repeating: 7, count: count)) }
    }
}
