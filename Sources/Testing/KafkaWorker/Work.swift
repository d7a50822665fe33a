import Kafka
import PipelineTesting
import Ports

func work(bootstrap: String, prefix: String, instance: String, asInProduction: Bool) throws {
    var settings = try KafkaSettings(bootstrap: bootstrap, instance: instance)
    if !asInProduction {
        // The shortest that the tests' brokers allow, so that a killed worker's partitions come back soon.
        settings.timing.session = .seconds(1)
        settings.timing.transaction = .seconds(2)
    }
    var loop = CopyLoop()
    loop.group = prefix + loop.group
    loop.source = prefix + loop.source
    loop.target = prefix + loop.target
    loop.journal = prefix + loop.journal
    let store = try KafkaStore(settings, signals: .none)
    try loop.run(on: try store.member(of: loop.group, reading: [loop.source], journal: loop.journal))
}
