// A process for the log's contract: runs the copy loop on a Kafka cluster until it is killed.

import Kafka
import PipelineTesting
import Ports

let words = Array(CommandLine.arguments.dropFirst())
precondition(
    words.count == 3 || words.dropFirst(3) == ["production"],
    "usage: KafkaWorker <bootstrap> <prefix of topics> <instance> [production]")
try work(bootstrap: words[0], prefix: words[1], instance: words[2], asInProduction: words.count == 4)
