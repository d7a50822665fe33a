// A process for the log's contract: runs the copy loop on a Kafka cluster until it is killed.

import Kafka
import PipelineTesting
import Ports

precondition(CommandLine.arguments.count == 4, "usage: KafkaWorker <bootstrap> <prefix of topics> <instance>")
try work(
    bootstrap: CommandLine.arguments[1], prefix: CommandLine.arguments[2], instance: CommandLine.arguments[3])
