import Ports

extension SimulatedConsole {
    /// Who there is, and until when their tokens live. The tokens themselves are in files only: a control port has no
    /// door, and what it tells ends in logs.
    var tokenTruth: JSON {
        .object([
            "now": .time(now),
            "tokens": .list(
                people.map { person in
                    [
                        "name": .text(person.key), "user": .text(person.name), "userId": .id(person.id),
                        "role": .text(person.role.name), "scope": .text(person.scope),
                        "scopeName": .text(scopeName(of: person)), "isMultiScope": .bool(person.isMultiScope),
                        "isServiceUser": .bool(person.kind == .serviceUser),
                        "file": person.token == nil ? .null : .text("\(person.key).token"),
                        "createdAt": .time(person.token?.createdAt), "expiresAt": .time(person.token?.expiresAt),
                        "isRevoked": .bool(person.token?.isRevoked ?? false),
                        "lives": .bool(person.token?.lives(at: now) ?? false),
                    ]
                }),
        ])
    }

    private func scopeName(of person: Person) -> String {
        switch person.reach {
        case .tenant: "Global"
        case .account(let account): cast.accounts[account].name
        case .site(let site): cast.sites[site].scope.name
        }
    }

    /// `{"do":"rotate","token":"ir-team"}`: the old one dies, a new one appears in its file; also revoke, and expire
    /// with `inSeconds`.
    mutating func tokens(do body: Bytes) throws(Refusal) -> JSON {
        let deeds = ["rotate", "revoke", "expire"]
        let names = people.filter { $0.token != nil }.map(\.key)
        let order = try JSON.read(body) { section in
            (
                deed: section.choice("do", among: deeds), name: section.choice("token", among: names),
                seconds: section.integer("inSeconds", default: 0, in: 0...1_000_000_000)
            )
        }
        guard let index = people.firstIndex(where: { $0.key == order.name }) else { return tokenTruth }
        switch order.deed {
        case "rotate": rotate(index)
        case "revoke": people[index].token?.isRevoked = true
        default: people[index].token?.expiresAt = now + .seconds(order.seconds)
        }
        return [
            "token": .text(order.name), "file": .text("\(order.name).token"),
            "expiresAt": .time(people[index].token?.expiresAt),
            "isRevoked": .bool(people[index].token?.isRevoked ?? false),
        ]
    }
}
