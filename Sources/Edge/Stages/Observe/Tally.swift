package import Contracts
package import Ports

/// How many different records of each hour of creation were shown. Kept by days, because that is how many fit into a
/// journal record, and one record a page would be too many.
package struct Tally: Sendable, Equatable {
    static let hour = Duration.seconds(3_600)

    private var days: [Timestamp: [Timestamp: HourTally]] = [:]

    package init() {}

    package subscript(hour: Timestamp) -> HourTally {
        days[hour.startOfDay]?[hour] ?? HourTally(hour: hour)
    }

    /// Of a range that begins and ends with an hour.
    package func sum(_ range: Range<Timestamp>) -> HourTally {
        var sum = HourTally(hour: range.lowerBound)
        for day in days.values {
            for (hour, one) in day where range.contains(hour) {
                sum.count += one.count
                sum.digest &+= one.digest
            }
        }
        return sum
    }

    package mutating func put(_ hours: [HourTally]?, of day: Timestamp) {
        days[day] = hours.map { hours in Dictionary(hours.map { ($0.hour, $0) }) { $1 } }
    }

    /// The days to write so that these records count too, each by its moment of creation and its id.
    package func adding(_ shown: [(created: Timestamp, id: UInt64)]) -> [(day: Timestamp, hours: [HourTally])] {
        var changed: [Timestamp: [Timestamp: HourTally]] = [:]
        for one in shown {
            let (day, hour) = (one.created.startOfDay, one.created.startOfHour)
            var hours = changed.removeValue(forKey: day) ?? days[day] ?? [:]
            var tally = hours[hour] ?? HourTally(hour: hour)
            tally.count += 1
            tally.digest &+= Self.digest(of: one.id)
            hours[hour] = tally
            changed[day] = hours
        }
        return Self.sorted(changed)
    }

    /// The days to write so that this is what is known of these hours.
    package func setting(_ hours: [HourTally]) -> [(day: Timestamp, hours: [HourTally])] {
        var changed: [Timestamp: [Timestamp: HourTally]] = [:]
        for one in hours {
            let day = one.hour.startOfDay
            var hours = changed.removeValue(forKey: day) ?? days[day] ?? [:]
            hours[one.hour] = one
            changed[day] = hours
        }
        return Self.sorted(changed)
    }

    /// The days that lie before this one.
    package func days(before moment: Timestamp) -> [Timestamp] {
        days.keys.filter { $0 < moment.startOfDay }.sorted()
    }

    private static func sorted(_ days: [Timestamp: [Timestamp: HourTally]]) -> [(day: Timestamp, hours: [HourTally])] {
        days.sorted { $0.key < $1.key }.map { ($0.key, $0.value.values.sorted { $0.hour < $1.hour }) }
    }

    /// Spreads ids that follow each other over all of the range, so that sums of them tell sets apart.
    package static func digest(of id: UInt64) -> UInt64 {
        var mixed = id &+ 0x9e37_79b9_7f4a_7c15
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
