import Crypto
import Operator
import Testing

@Suite("Short names")
struct ShortNameTests {
    static let ids = [
        "eu1.9041#1/contain@3f9c/isolate#1/2190000000000000041",
        "eu1.9041#2/contain@3f9c/isolate#1/2190000000000000041",
        "eu1.9077#1/contain@3f9c/isolate#1/2190000000000000055",
    ]

    @Test("a part that only one id has stands for it", arguments: ["9077", "0055", "eu1.9041#2/"])
    func part(text: String) throws {
        #expect(try ShortName.whole(text, among: Self.ids, what: "action").contains(text))
    }

    @Test("a part of several is refused, and they are shown")
    func ambiguous() {
        #expect(throws: Refusal("9041 stands for 2 actions", candidates: Array(Self.ids.prefix(2)))) {
            try ShortName.whole("9041", among: Self.ids, what: "action")
        }
    }

    @Test("a whole id is itself, also where another contains it")
    func whole() throws {
        #expect(try ShortName.whole("eu1.9041", among: ["eu1.90417", "eu1.9041"], what: "case") == "eu1.9041")
    }

    @Test("what nobody has and what is too short is refused", arguments: ["nobody", "1", "904", ""])
    func nothing(text: String) {
        #expect(throws: Refusal.self) { try ShortName.whole(text, among: Self.ids, what: "action") }
    }

    @Test("where nobody can be asked a part is not enough, and what was meant is shown")
    func script() {
        #expect {
            try ShortName.whole("9077", among: Self.ids, what: "action", partAllowed: false)
        } throws: { error in
            (error as? Refusal)?.candidates == [Self.ids[2]]
        }
    }

    @Test("a key signs under the name that the settings give it, and under no other")
    func names() throws {
        let mine = try Scene.key().verifyingKey
        let other = SigningKey.generate().verifyingKey
        let approvers = [Approver(name: "ada", key: mine), Approver(name: "eve", key: other)]
        #expect(try Approver.name(of: mine, in: "k", claiming: nil, among: approvers) == "ada")
        #expect(try Approver.name(of: mine, in: "k", claiming: "ada", among: approvers) == "ada")
        #expect(throws: Refusal.self) { try Approver.name(of: mine, in: "k", claiming: "eve", among: approvers) }
        #expect(throws: Refusal.self) { try Approver.name(of: mine, in: "k", claiming: nil, among: [approvers[1]]) }
    }
}
