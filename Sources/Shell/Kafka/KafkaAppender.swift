import CRDKafka
import Foundation
package import Ports

/// Writing to Kafka without being a member of any group. Made by `KafkaStore.appender`.
///
/// A single record is written at once, outside any transaction, so that a process that freezes cannot hide it: that is
/// how a stop must be written. Several are one transaction.
package final class KafkaAppender: LogAppending {
    private let name: String
    private let settings: KafkaSettings
    private let view: ClusterView
    private let signals: Signals
    private let plain: KafkaClient
    private var transactional: TransactionalProducer?
    /// Numbers the single records, so that no report is taken for another one's.
    private var written = 0

    init(
        named name: String, settings: KafkaSettings, view: ClusterView, signals: Signals
    ) throws(LogFailure) {
        self.name = name
        self.settings = settings
        self.view = view
        self.signals = signals
        do {
            plain = try KafkaClient(RD_KAFKA_PRODUCER, settings.plainProducer(), signals: signals) {
                $0.reportDeliveries()
            }
        } catch {
            throw LogFailure(error)
        }
    }

    @discardableResult
    package func append(_ records: [OutgoingRecord]) throws(LogFailure) -> [(Partition, Offset)] {
        try view.refresh()
        var book = AddressBook(view, limit: settings.recordLimit)
        var addressed: [AddressedRecord] = []
        for record in records { addressed.append(AddressedRecord(record, to: try book.number(for: record))) }
        switch addressed.count {
        case 0: return []
        case 1: return [try write(addressed[0])]
        default: return try writeTogether(addressed)
        }
    }

    private func write(_ record: AddressedRecord) throws(LogFailure) -> (Partition, Offset) {
        written += 1
        do {
            try plain.produce(record, numbered: written)
        } catch {
            throw LogFailure(error, remedy: .retry)
        }
        // The library reports every record by its timeout, so a little later nothing more can come.
        let end = ContinuousClock.now + settings.timing.patience + .seconds(5)
        while ContinuousClock.now < end {
            let deliveries = plain.deliveries(waiting: .seconds(1))
            guard let delivery = deliveries.first(where: { $0.number == written }) else { continue }
            guard let failure = delivery.failure else { return (delivery.partition, delivery.offset) }
            let remedy: Remedy = failure.isPermanent ? .stop : delivery.isMissing ? .retry : .inquire
            throw LogFailure(failure, remedy: remedy)
        }
        throw LogFailure(
            .inquire, code: "log.append-unanswered",
            detail: "no broker said whether a record for \(record.record.topic) was written")
    }

    private func writeTogether(_ records: [AddressedRecord]) throws(LogFailure) -> [(Partition, Offset)] {
        let producer = try transactionalProducer()
        var places: [Int: (Partition, Offset)] = [:]
        func takeReports() {
            let end = ContinuousClock.now + settings.timing.patience
            while places.count < records.count, ContinuousClock.now < end {
                for delivery in producer.deliveries(waiting: .seconds(1)) {
                    places[delivery.number] = (delivery.partition, delivery.offset)
                }
            }
        }
        do throws(LogFailure) {
            if case .aborted(let cause) = try producer.transact(records, awaiting: takeReports) {
                throw LogFailure(cause, remedy: .retry)
            }
        } catch {
            // A producer that has failed is done; the next append makes another.
            transactional = nil
            throw error
        }
        return places.sorted { $0.key < $1.key }.map(\.value)
    }

    private func transactionalProducer() throws(LogFailure) -> TransactionalProducer {
        if let transactional { return transactional }
        // Two operators at once must not fence each other, so this id is nobody else's.
        let producer = try TransactionalProducer(
            "\(name)-\(settings.instance)-\(UUID().uuidString.lowercased())", settings, signals: signals,
            reportsDeliveries: true)
        transactional = producer
        return producer
    }
}
