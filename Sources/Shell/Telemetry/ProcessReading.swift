import Glibc
package import Ports

/// What the system says of this process, asked when somebody wants to know.
package struct ProcessReading: Sendable {
    private let started: Timestamp

    /// Made at the program's start.
    package init(startedAt started: Timestamp) { self.started = started }

    package var samples: [Sample] {
        var samples = [Sample(.processStart, [], Double(started.microseconds) / 1_000_000)]
        var usage = rusage()
        if getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 {
            samples.append(Sample(.processorTime, [], usage.ru_utime.seconds + usage.ru_stime.seconds))
        }
        if let memory = residentBytes { samples.append(Sample(.residentMemory, [], Double(memory))) }
        return samples
    }

    /// From /proc/self/statm, whose second number counts resident pages.
    private var residentBytes: Int? {
        let file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var text = [UInt8](repeating: 0, count: 256)
        let count = read(file, &text, text.count)
        guard count > 0 else { return nil }
        let numbers = String(decoding: text[..<count], as: UTF8.self).split(separator: " ")
        guard numbers.count > 1, let pages = Int(numbers[1]) else { return nil }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}

extension timeval {
    fileprivate var seconds: Double { Double(tv_sec) + Double(tv_usec) / 1_000_000 }
}
