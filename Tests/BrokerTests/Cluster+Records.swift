import Children
import Foundation
import Ports

extension Cluster {
    /// Deletes a partition's records before an offset, as retention would.
    func deleteRecords(of partition: Partition, before offset: Int) throws {
        let file = "\(folder)/delete-\(UUID()).json"
        try """
        {"version":1,"partitions":[{"topic":"\(partition.topic)","partition":\(partition.number),"offset":\(offset)}]}
        """.write(toFile: file, atomically: true, encoding: .utf8)
        try tool("delete-records", "--offset-json-file", file)
    }
}
