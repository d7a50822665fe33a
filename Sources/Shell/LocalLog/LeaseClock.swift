import Foundation
package import Ports

/// The clock that leases are measured by: it counts from the machine's start, its sleep included, and nobody can set
/// it. So neither a jump of the wall clock nor a reboot keeps a lease or steals one.
package struct LeaseClock: Sendable {
    /// Which start `uptime` counts from: a lease of another one has ended, whatever it says.
    package let boot: String
    package let uptime: @Sendable () -> Duration

    package init(boot: String, uptime: @escaping @Sendable () -> Duration) {
        self.boot = boot
        self.uptime = uptime
    }

    /// This machine's.
    package static func system() throws(LogFailure) -> LeaseClock {
        let path = "/proc/sys/kernel/random/boot_id"
        guard let boot = FileManager.default.contents(atPath: path) else {
            throw LogFailure(
                .stop, code: "log.no-boot-id",
                detail: "\(path) cannot be read, and without it leases on the log's partitions mean nothing. "
                    + "Let this process see the kernel's /proc.")
        }
        return LeaseClock(boot: String(decoding: boot, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)) {
            var time = timespec()
            clock_gettime(CLOCK_BOOTTIME, &time)
            return .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
        }
    }
}
