package import Ports

/// Where the brokers are and how this process presents itself to them.
package struct KafkaSettings: Sendable {
    /// `host:port`, several with commas between them.
    package var bootstrap: String
    /// Names this process among those of its kind, for as long as it lives and after each restart: no two processes of
    /// one group may have the same.
    package var instance: String
    package var timing = Timing()
    /// The largest record, by `OutgoingRecord.size`: what a broker's default of 1 MiB takes with its own framing.
    package var recordLimit = 1_000_000

    /// Nil: no TLS and no names, for brokers that nobody else can reach.
    package let security: KafkaSecurity?

    /// Refuses what is known not to work before a broker is asked.
    package init(bootstrap: String, instance: String, security: KafkaSecurity? = nil) throws(LogFailure) {
        self.bootstrap = bootstrap
        self.instance = instance
        self.security = security
        if let refusal = security?.login?.mechanism.refusal {
            throw LogFailure(.stop, code: "kafka.mechanism", detail: refusal, exitCode: .doNotRestart)
        }
    }

    /// How long is waited for whom.
    package struct Timing: Sendable {
        /// A member that is silent for so long has died; its partitions go to others.
        package var session = Duration.seconds(10)
        /// A transaction that is open for so long is ended by the broker; nothing behind it is read until then.
        package var transaction = Duration.seconds(10)
        /// A member that does not poll for so long leaves its group.
        package var betweenPolls = Duration.seconds(60)
        /// How long a call is repeated that the library wants repeated.
        package var patience = Duration.seconds(30)

        package init() {}
    }
}

// Written out, not defaulted: what the guarantees rest on must not change with the library's version.
extension KafkaSettings {
    private var common: [String: String] {
        ["bootstrap.servers": bootstrap, "client.id": instance, "socket.keepalive.enable": "true"]
            .merging(security?.properties ?? ["security.protocol": "PLAINTEXT"]) { $1 }
    }

    private func common(and own: [String: String]) -> [String: String] { common.merging(own) { $1 } }

    /// A member of a group.
    func member(of group: String) -> [String: String] {
        common(and: [
            "group.id": group,
            "enable.auto.commit": "false",
            "enable.auto.offset.store": "false",
            "isolation.level": "read_committed",
            "auto.offset.reset": "error",
            "allow.auto.create.topics": "false",
            // With equal partition counts, partition n of every topic goes to one member.
            "partition.assignment.strategy": "range",
            "session.timeout.ms": milliseconds(timing.session),
            "heartbeat.interval.ms": milliseconds(timing.session / 4),
            "max.poll.interval.ms": milliseconds(timing.betweenPolls),
            // When its queue has filled, the library stops fetching for a second: 64 MB halve the throughput.
            "queued.max.messages.kbytes": "262144",
        ])
    }

    /// Somebody who reads partitions that it names, outside any group.
    func reader(isolation: String) -> [String: String] {
        common(and: [
            "isolation.level": isolation,
            "auto.offset.reset": "error",
            "allow.auto.create.topics": "false",
            "enable.auto.commit": "false",
            "enable.auto.offset.store": "false",
            "enable.partition.eof": "true",
            // The end of a partition is told when a fetch has come back empty, so this is how late it may be told.
            "fetch.wait.max.ms": "50",
        ])
    }

    private func producer(and own: [String: String]) -> [String: String] {
        common(and: [
            "enable.idempotence": "true",
            "acks": "all",
            "partitioner": "murmur2_random",
            "message.max.bytes": "\(recordLimit + Self.framing)",
            // The next transaction has to wait for the markers of the last one, and asks again after so long.
            "retry.backoff.ms": "5",
            // Behind a longer queue the library's thread spins.
            "queue.buffering.max.messages": "10000",
            "socket.send.buffer.bytes": "8388608",
        ]).merging(own) { $1 }
    }

    /// What the library adds to a record's own size, with room to spare.
    private static let framing = 40_000

    func transactionalProducer(_ id: String) -> [String: String] {
        producer(and: [
            "transactional.id": id,
            "transaction.timeout.ms": milliseconds(timing.transaction),
        ])
    }

    func plainProducer() -> [String: String] {
        producer(and: ["message.timeout.ms": milliseconds(timing.patience)])
    }

    private func milliseconds(_ duration: Duration) -> String { "\(duration.wholeMilliseconds)" }
}

extension Duration {
    /// For a C call that takes milliseconds: not negative, and not less than there is.
    var milliseconds: Int32 { Int32(clamping: max(wholeMilliseconds, 0)) }
}
