import Foundation

/// Who holds SQLite's write lock, for the words in which a waiting writer complains.
enum WriteLock {
    /// SQLite locks this byte of the `-shm` file for whoever writes (`WAL_WRITE_LOCK` in its file format).
    private static let byte = 120

    /// As `process 4711 (playbook)`; nil where nobody holds it any more. Never opens the file: closing it again would
    /// drop this process's own locks on it.
    static func holder(ofDatabase path: String) -> String? {
        var status = stat()
        guard stat("\(path)-shm", &status) == 0,
            let locks = FileManager.default.contents(atPath: "/proc/locks")
        else { return nil }
        for line in String(decoding: locks, as: UTF8.self).split(separator: "\n") where !line.contains("->") {
            // 1: POSIX  ADVISORY  WRITE 4711 fe:00:131 120 120
            let fields = line.split(separator: " ")
            guard fields.count == 8, fields[3] == "WRITE", let process = Int32(fields[4]), process > 0,
                fields[5].split(separator: ":").last == "\(status.st_ino)",
                let first = Int(fields[6]), let last = Int(fields[7]), first <= byte, byte <= last
            else { continue }
            let name = FileManager.default.contents(atPath: "/proc/\(process)/comm")
                .map { String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines) }
            return "process \(process) (\(name ?? "name unknown"))"
        }
        return nil
    }
}
