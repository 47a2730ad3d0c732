package import Domain
import Pipeline
package import RabbitMQ

/// The dead letters of a stage, in one pair of hands at a time: whoever looks holds them, and what is neither retried nor dropped goes back.
///
/// Losing the connection loses no letter: the broker puts back whatever is held.
package struct DeadLetters: Sendable {
    package let stage: Stage
    private let publisher: RabbitMQPublisher
    private var held: [(letter: DeadLetter, delivery: Delivery)] = []

    /// Takes letters until there is no more, or `enough` says so of the one just taken.
    package static func hold(
        _ stage: Stage, _ publisher: RabbitMQPublisher, enough: (DeadLetter) -> Bool = { _ in false }
    ) async throws(RabbitMQError) -> DeadLetters {
        var letters = DeadLetters(stage: stage, publisher: publisher)
        while let delivery = try await publisher.get(Topology.deadQueue(stage)) {
            let letter = DeadLetter(delivery, stage: stage)
            letters.held.append((letter, delivery))
            if enough(letter) { break }
        }
        return letters
    }

    private init(stage: Stage, publisher: RabbitMQPublisher) {
        self.stage = stage
        self.publisher = publisher
    }

    /// Oldest first.
    package var letters: [DeadLetter] { held.map(\.letter) }

    /// Publishes a letter to its stage again and removes it only when the broker has confirmed that. A connection lost in between leaves it
    /// in both places: it is never lost, and its work goes through the ledger whichever comes first.
    package mutating func retry(_ letter: DeadLetter) async throws(RabbitMQError) {
        guard let place = place(of: letter) else { return }
        var message = OutgoingMessage(exchange: Topology.exchange, routingKey: stage.rawValue, body: letter.body)
        message.contentType = held[place].delivery.contentType
        message.messageID = held[place].delivery.messageID
        try await publisher.publish(message)
        try await held.remove(at: place).delivery.ack()
    }

    /// Removes a letter for good.
    package mutating func drop(_ letter: DeadLetter) async throws(RabbitMQError) {
        guard let place = place(of: letter) else { return }
        try await held.remove(at: place).delivery.ack()
    }

    /// Gives back what is still held, and waits until the next to look would see it.
    package consuming func giveBack() async throws(RabbitMQError) {
        for (_, delivery) in held { try await delivery.reject(requeue: true) }
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(2)
        while clock.now < deadline, let depth = try await publisher.queueDepth(Topology.deadQueue(stage)),
            depth.messages < held.count
        {
            // The queue takes back a moment after the channel said so.
            try? await clock.sleep(for: .milliseconds(10))
        }
    }

    private func place(of letter: DeadLetter) -> Int? { held.firstIndex { $0.letter.id == letter.id } }
}
