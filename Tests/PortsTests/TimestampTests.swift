import Ports
import Testing

@Suite("Timestamp")
struct TimestampTests {
    @Test(
        "a time in ISO 8601 is read to the microsecond",
        arguments: [
            ("1970-01-01T00:00:00Z", 0),
            ("2026-11-20T10:15:31.804411Z", 1_795_169_731_804_411),
            ("2026-11-20 10:15:31.804411Z", 1_795_169_731_804_411),
            ("2026-11-20T12:15:31.804411+02:00", 1_795_169_731_804_411),
            ("2026-11-20T04:45:31.804411-05:30", 1_795_169_731_804_411),
            ("2026-11-20T10:15:31.8Z", 1_795_169_731_800_000),
            ("2026-11-20T10:15:31.804411999999Z", 1_795_169_731_804_411),
            ("2000-02-29T23:59:59Z", 951_868_799_000_000),
            ("1969-12-31T23:59:59.999999Z", -1),
            ("0000-03-01T00:00:00Z", -62_162_035_200_000_000),
            ("9999-12-31T23:59:59Z", 253_402_300_799_000_000),
            ("2016-12-31T23:59:60Z", 1_483_228_800_000_000),
        ] as [(String, Int64)])
    func reads(text: String, microseconds: Int64) {
        #expect(Timestamp(iso: text)?.microseconds == microseconds)
    }

    @Test(
        "whatever is not a time is refused",
        arguments: [
            "", "2026", "2026-11-20", "2026-11-20T10:15:31", "2026-11-20T10:15:31.Z", "2026-11-20T10:15:31.8",
            "2026-13-20T10:15:31Z", "2026-00-20T10:15:31Z", "2026-11-00T10:15:31Z", "2026-11-32T10:15:31Z",
            "2026-11-20T24:15:31Z", "2026-11-20T10:60:31Z", "2026-11-20T10:15:61Z", "2026-11-20T10:15:31z",
            "2026-11-20T10:15:31+0200", "2026-11-20T10:15:31*02:00", "2026-11-20T10:15:31ZZ", "+026-11-20T10:15:31Z",
            "2026-11-20T10:15:31 Z", " 2026-11-20T10:15:31Z", "2026-11-20T1O:15:31Z", "٢٠٢٦-11-20T10:15:31Z",
        ])
    func refuses(text: String) {
        #expect(Timestamp(iso: text) == nil)
    }

    @Test(
        "what is printed is read back",
        arguments: [0, 1, -1, 951_868_799_000_000, 1_795_169_731_804_411, -62_162_035_200_000_000] as [Int64])
    func roundTrip(microseconds: Int64) {
        let moment = Timestamp(microseconds: microseconds)
        #expect(Timestamp(iso: moment.description) == moment)
    }

    @Test("it prints as the console writes it")
    func prints() {
        #expect(Timestamp(microseconds: 1_795_169_731_004_011).description == "2026-11-20T10:15:31.004011Z")
    }

    @Test("a hostile time saturates instead of trapping")
    func saturates() {
        #expect(Timestamp(milliseconds: .max) == .distantFuture)
        #expect(Timestamp(milliseconds: .min).microseconds == .min)
        #expect(Timestamp.distantFuture + .seconds(1) == .distantFuture)
        #expect((Timestamp(microseconds: .min) - .seconds(1)).microseconds == .min)
        #expect(Timestamp.zero + .seconds(Int64.max) == .distantFuture)
        #expect(Timestamp.distantFuture - Timestamp(microseconds: .min) == .microseconds(Int64.max))
        _ = Timestamp.distantFuture.description
        _ = Timestamp(microseconds: .min).description
    }
}
