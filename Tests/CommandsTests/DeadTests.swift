import Domain
import Foundation
import JSON
import Logging
import Pipeline
import RabbitMQ
import StageRunner
import TestSupport
import Testing

@Suite("conveyor dead", .timeLimit(.minutes(2)))
struct DeadTests {
    private static let good = #"{"v":1,"id":"t1","stage":"push","trigger":"manual","requested_by":"ann"}"#
    private static let broken = "{\"v\":1,\"id\":\"t2\",\"stage\":\"push\",\"trigger\":\"some\u{1B}[2Jday\"}"

    private func run(_ body: (Shell, TestVhost) async throws -> Void) async throws {
        try await withTestDatabase { database in
            try await TestVhost.with { vhost in try await body(Shell(database, broker: vhost), vhost) }
        }
    }

    private func ids(_ shell: Shell, _ stage: String = "push") async throws -> [String] {
        try await shell("dead", "list", stage, "--json").json().array?.compactMap { $0["id"]?.string } ?? []
    }

    @Test("a poison message that came by the delivery limit is listed, explained, retried as it was, and gone")
    func poison() async throws {
        try await run { shell, vhost in
            try await vhost.withBroker { try await $0.poison(Self.good) }
            let list = await shell("dead", "list")
            #expect(list.status == 0)
            #expect(list.output.contains("delivery_limit"))
            #expect(list.output.contains("manual by ann"))

            let letter = try #require(try await shell("dead", "list", "--json").json()[0])
            #expect(letter["stage"]?.string == "push")
            #expect(letter["reason"]?["code"]?.string == "delivery_limit")
            #expect(letter["tick"]?.string == "t1")
            #expect(letter["at"]?.string != nil)
            let id = try #require(letter["id"]?.string)

            let shown = await shell("dead", "show", "push", id)
            #expect(shown.status == 0)
            #expect(shown.output.contains(Self.good))
            #expect(shown.output.contains("6 times"))
            #expect(shown.output.contains("conveyor dead retry push \(id)"))
            #expect(try await shell("dead", "show", "push", id, "--json").json()["body"]?.string == Self.good)

            let retried = await shell("dead", "retry", "push", id, "--json")
            #expect(retried.status == 0)
            #expect(try retried.json()["retried"]?.array == [.string(id)])
            #expect(try await ids(shell).isEmpty)
            #expect(try await vhost.bodies(Topology.queue(.push)) == [Self.good])
            // It is a fresh message again: nothing of its death came along.
            #expect(await shell("dead", "retry", "push", id).status == 3)
        }
    }

    @Test("a malformed message is shown harmlessly, and a retry says that it will die again")
    func malformed() async throws {
        try await run { shell, vhost in
            try await vhost.withBroker { broker in
                try await TickPublisher(broker).bury(
                    Array(Self.broken.utf8), stage: .push, reason: "trigger: must be one of",
                    now: Date(timeIntervalSince1970: 1_769_817_600))
            }
            let list = await shell("dead", "list", "push")
            #expect(list.output.contains("malformed: trigger: must be one of"))
            #expect(list.output.contains("2026-01-31 00:00:00Z"))
            #expect(!list.output.contains("\u{1B}"))
            let id = try #require(try await ids(shell).first)
            let shown = await shell("dead", "show", "push", id)
            #expect(shown.output.contains("dies again"))
            #expect(!shown.output.contains("\u{1B}"))
            #expect(try await shell("dead", "show", "push", id, "--json").json()["body"]?.string == Self.broken)

            let retried = await shell("dead", "retry", "push", id)
            #expect(retried.status == 0)
            #expect(retried.errors.contains("with the same reason"))
            #expect(try await vhost.bodies(Topology.queue(.push)) == [Self.broken])
        }
    }

    @Test("drop takes what it names, and nothing when a name fits none; --all takes every letter of the stage alone")
    func drop() async throws {
        try await run { shell, vhost in
            try await vhost.withBroker { broker in
                for (stage, count) in [("push", 3), ("ack", 1)] {
                    for number in 0..<count {
                        try await broker.publish(
                            OutgoingMessage(exchange: Topology.deadExchange, routingKey: stage, body: Array("\(number)".utf8)))
                    }
                }
            }
            let all = try await ids(shell)
            #expect(all.count == 3)
            #expect(Set(all).count == 3)

            let wrong = await shell("dead", "drop", "push", all[0], "0123")
            #expect(wrong.status == 3)
            #expect(wrong.errors.contains("0123"))
            #expect(try await Set(ids(shell)) == Set(all))

            #expect(try await shell("dead", "drop", "push", all[1], "--json").json()["dropped"]?.array == [.string(all[1])])
            #expect(try await Set(ids(shell)) == [all[0], all[2]])
            #expect(await shell("dead", "drop", "push", "--all").status == 0)
            #expect(try await ids(shell).isEmpty)
            #expect(try await ids(shell, "ack").count == 1)
            #expect(try await vhost.bodies(Topology.queue(.push)).isEmpty)
        }
    }

    @Test("a letter whose stage takes it not stays dead: nothing is removed before the broker has confirmed")
    func unroutable() async throws {
        try await run { shell, vhost in
            try await vhost.withBroker { broker in
                try await TickPublisher(broker).bury(Array(Self.good.utf8), stage: .push, reason: "by hand", now: Date())
                var letters = try await DeadLetters.hold(.push, broker)
                let letter = try #require(letters.letters.first)
                // Gone between the look and the retry; nobody declares it again meanwhile.
                try await vhost.deleteQueue(Topology.queue(.push))
                let error = await #expect(throws: RabbitMQError.self) { try await letters.retry(letter) }
                #expect(error?.code == .returned)
                try await letters.giveBack()
            }
            #expect(try await ids(shell).count == 1)
        }
    }

    @Test("of two operators at once each sees all letters, and every one is retried once")
    func twoOperators() async throws {
        try await run { shell, vhost in
            let bodies = (0..<40).map { #"{"v":1,"id":"t\#($0)","stage":"push","trigger":"manual"}"# }
            try await vhost.withBroker { broker in
                for body in bodies {
                    try await TickPublisher(broker).bury(Array(body.utf8), stage: .push, reason: "by hand", now: Date())
                }
            }
            async let first = ids(shell)
            async let second = ids(shell)
            let lists = try await [first, second]
            #expect(lists.map { Set($0).count } == [40, 40])

            async let one = shell("dead", "retry", "push", "--all", "--json").json()["retried"]?.array?.count
            async let two = shell("dead", "retry", "push", "--all", "--json").json()["retried"]?.array?.count
            #expect(try await [one, two].compactMap(\.self).sorted() == [0, 40])
            #expect(try await vhost.bodies(Topology.queue(.push)).sorted() == bodies.sorted())
            #expect(try await ids(shell).isEmpty)
        }
    }
}

extension RabbitMQPublisher {
    /// Has the message die of the delivery limit, as workers do that crash over it.
    fileprivate func poison(_ body: String) async throws {
        try await publish(OutgoingMessage(exchange: Topology.exchange, routingKey: "push", body: Array(body.utf8)))
        let deadline = ContinuousClock.now + .seconds(20)
        while try await queueDepth(Topology.deadQueue(.push))?.messages == 0 {
            try #require(ContinuousClock.now < deadline, "the message dies")
            if let delivery = try await get(Topology.queue(.push)) { try await delivery.reject(requeue: true) }
        }
    }
}

extension TestVhost {
    /// Takes what is in a queue.
    fileprivate func bodies(_ queue: String) async throws -> [String] {
        try await withBroker { broker in
            var bodies: [String] = []
            while let delivery = try await broker.get(queue) {
                bodies.append(String(decoding: delivery.body, as: UTF8.self))
                #expect(delivery.headers["x-death"] == nil)
                try await delivery.ack()
            }
            return bodies
        }
    }
}
