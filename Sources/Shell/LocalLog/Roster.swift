/// Who of a group is alive and what each of them owns, at one moment; and what follows from that, the same for whoever
/// looks.
struct Roster {
    /// The living, in the order in which they joined.
    let members: [Int64]
    let count: Int32
    /// By the living only.
    let owners: [Int32: Int64]

    /// What a member should own: as many as anybody else, give or take one, and of what it owns as much as possible.
    /// With more members than partitions some should own none. Where all own what they should, nothing changes.
    func share(of member: Int64) -> Set<Int32> {
        let owned = Dictionary(grouping: owners.keys.sorted()) { owners[$0] }
        // Who owns more gets the odd one, so that it need not move.
        let ranked = members.sorted { left, right in
            let (mine, theirs) = (owned[left, default: []].count, owned[right, default: []].count)
            return mine != theirs ? mine > theirs : left < right
        }
        var shares: [Int64: Set<Int32>] = [:]
        var quotas: [Int64: Int] = [:]
        for (index, other) in ranked.enumerated() {
            let quota = Int(count) / ranked.count + (index < Int(count) % ranked.count ? 1 : 0)
            quotas[other] = quota
            shares[other] = Set(owned[other, default: []].prefix(quota))
        }
        var rest = Set(0..<count).subtracting(shares.values.joined()).sorted()[...]
        for other in ranked {
            let missing = (quotas[other] ?? 0) - (shares[other]?.count ?? 0)
            shares[other]?.formUnion(rest.prefix(missing))
            rest = rest.dropFirst(missing)
        }
        return shares[member] ?? []
    }
}
