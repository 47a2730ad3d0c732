import ArgumentParser
import Composition
import Domain
import FoundationEssentials
import JSON
import Pipeline
import RabbitMQ
import Store

struct Status: Verb {
    static let configuration = CommandConfiguration(
        abstract: "How many orders stand where, and what the stages do.",
        discussion: """
            due       orders that the next run takes         in doubt  effects that may or may not have happened
            waiting   for a partner or a pause               oldest    how long the order that came first has been there
            held      a person is needed: `conveyor orders --held` says why and what to do
            queue     messages in the stage's queue, if AMQP_URL is set; "no worker" if nobody consumes it

            What a partner sent and could not be read is quarantined: the newest ten are listed with the reason. Each comes by itself once
            the partner shows it readably; as received it is kept in the table quarantined_payload.

              conveyor status
              watch -n 2 conveyor status
              conveyor status --json | jq .stages.push.due
            """)

    @OptionGroup var output: OutputOptions

    func run(in context: CommandContext) async throws {
        let now = context.now()
        let summary = try await context.withDatabase { try await OrderDirectory($0).summary(now: now) }
        let queues = await queues(context)
        if output.isJSON {
            context.print(summary.json(queues: queues.mapValues { .number(JSONNumber($0.messages)) }).text())
        } else {
            context.print(summary.text(queues: queues, language: context.language, now: now))
        }
    }

    private func queues(_ context: CommandContext) async -> [Stage: QueueDepth] {
        do {
            guard let broker = try await context.settings().brokerIfSet(connectionName: "conveyor") else { return [:] }
            return try await context.withPublisher(broker, topology: RabbitMQTopology()) { publisher in
                var depths: [Stage: QueueDepth] = [:]
                for stage in Stage.allCases {
                    guard let depth = try await publisher.queueDepth(Topology.queue(stage)) else { continue }
                    depths[stage] = QueueDepth(messages: depth.messages, consumers: depth.consumers)
                }
                return depths
            }
        } catch {
            // The orders can be shown without the broker.
            context.note("The queues cannot be shown: \(error)")
            return [:]
        }
    }
}

struct QueueDepth: Sendable, Hashable {
    var messages: Int
    var consumers: Int

    var text: String { consumers == 0 ? "\(messages), no worker" : "\(messages)" }
}

extension StatusSummary {
    func text(queues: [Stage: QueueDepth], language: Language, now: Date) -> String {
        var statuses = Table([("", .right), ("STATUS", .left), ("ORDERS", .right)])
        for status in OrderStatus.allCases {
            statuses.add(["\(status.rawValue)", language(status.words), "\(orders[status] ?? 0)"])
        }
        statuses.add(["", "held, a person is needed", "\(held)"])
        statuses.add(["", "quarantined, could not be read", "\(quarantined)"])

        var stages = Table([
            ("STAGE", .left), ("DUE", .right), ("WAITING", .right), ("HELD", .right), ("IN DOUBT", .right), ("OLDEST", .right),
            ("LAST RUN", .left), ("QUEUE", .left),
        ])
        for stage in Stage.allCases {
            let line = self.stages[stage]
            func orders(_ count: Int?) -> String { stage.source == nil ? "" : "\(count ?? 0)" }
            stages.add([
                stage.rawValue, orders(line?.due), orders(line?.waiting), orders(line?.held),
                stage == .pull ? "" : "\(line?.inDoubt ?? 0)", line?.oldest?.age(at: now) ?? "",
                line?.lastRun?.text(now: now) ?? "never", queues[stage]?.text ?? "",
            ])
        }
        var tables = [statuses, stages]
        if !self.replays.isEmpty {
            var replays = Table("REPLAY", "STAGE", "DONE", "BY", "SINCE")
            for replay in self.replays {
                replays.add([replay.id, replay.stage.rawValue, replay.progress, replay.requestedBy, replay.created.shown])
            }
            tables.append(replays)
        }
        if !self.unreadable.isEmpty {
            var unreadable = Table("QUARANTINED", "ORDER", "SINCE", "LAST SEEN", "WHY IT CANNOT BE READ")
            for payload in self.unreadable {
                unreadable.add([payload.source, payload.name ?? "-", payload.since.shown, payload.lastSeen.shown, payload.reason])
            }
            tables.append(unreadable)
        }
        return tables.map(\.text).joined(separator: "\n\n")
    }
}

extension Replay {
    /// How far it is.
    var progress: String { "\(done) of \(total) \(stage == .pull ? "minutes of DSCO's list" : "order\(total == 1 ? "" : "s")")" }
}

extension StageRun {
    fileprivate func text(now: Date) -> String {
        guard let ended else { return "running for \(started.age(at: now))" }
        let count = counts.values.reduce(0, +)
        let subject = stage == .stock ? "figure" : "order"
        let what =
            state == .failed
            ? "failed: \(errorText ?? errorCode ?? "")" : "\(state.rawValue), \(count) \(subject)\(count == 1 ? "" : "s")"
        return "\(ended.age(at: now)) ago, \(what)"
    }
}
