// A process for the log's contract: runs the copy loop on a Kafka cluster until it is killed. Its log is on stderr.

import Glibc
import Kafka
import PipelineTesting
import Ports

guard let work = Work(CommandLine.arguments.dropFirst()) else {
    print(
        "usage: KafkaWorker <bootstrap> <prefix of topics> <instance> <records a turn> <moment to freeze at or -> "
            + "<seconds of being young> [production]")
    exit(ExitCode.usage.rawValue)
}
exit(work.run().rawValue)
