import Domain
import FoundationEssentials
import PostgreSQL
import Rehearsal
import Sandbox
import Store

/// The course of a storm: orders and faults; then calm, until the fleet has settled; then quiet.
struct Course: Sendable {
    let scene: Scene

    private var settings: StormSettings { scene.settings }
    private var strikes: Strikes { scene.strikes }
    private var room: EvidenceRoom { scene.room }
    private var diary: Diary { scene.diary }

    func run() async throws -> StormResult {
        try await Company(scene: scene).during { try await stormAndCalm() }
    }

    private func stormAndCalm() async throws -> StormResult {
        let plan = FaultPlan(seed: settings.seed, duration: settings.duration, kinds: settings.kinds)
        let stream = OrderStream(seed: settings.seed, duration: settings.duration, perMinute: settings.ordersPerMinute)
        Console.say(
            "the storm begins: \(plan.faults.count) faults and \(stream.arrivals.count) orders in \(Int(settings.duration)) s")
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await send(stream) }
            group.addTask { await strikes.run(plan) }
        }
        scene.sandbox.faults.clear()
        scene.network.heal()
        try await strikes.bringEverythingUp()
        try await strikes.configuration.restore()
        let end = diary.now
        Console.say("the storm is over after \(Int(end)) s; the fleet has \(Int(settings.settleWithin)) s to settle")
        let (settled, findings, evidence) = try await settle(from: end)
        var all = findings
        if findings.isEmpty { all += try await quiet() }
        all += try await Timelines(scene.pool).overlaps() + scene.disclosures.find()
        all += Judge.lull(plan, struck: diary.all.counts)
        return StormResult(
            settings: settings, notes: diary.all, evidence: evidence, findings: all, storm: end, settled: settled,
            effects: await room.effectCounts(), ends: [], timelines: try await timelines(all))
    }

    private func send(_ stream: OrderStream) async {
        for arrival in stream.arrivals {
            let wait = arrival.at - diary.now
            if wait > 0 { try? await Task.sleep(for: .seconds(wait)) }
            let orders = await scene.sandbox.createOrders(arrival.request)
            diary.ordered(orders.count)
            for order in orders { strikes.replayable.add(order.po, order.scenario) }
        }
    }

    // MARK: Afterwards

    private func settle(from start: Double) async throws -> (seconds: Double?, [Finding], Evidence) {
        var released: Set<String> = []
        while true {
            do {
                let evidence = try await room.collect()
                let findings = Judge.findings(evidence)
                let seconds = diary.now - start
                if findings.isEmpty { return (seconds, [], evidence) }
                if seconds > settings.settleWithin || findings.allSatisfy({ !$0.check.passes }) {
                    return (nil, findings, evidence)
                }
                for order in Judge.refusedByStorm(evidence) where !released.contains("\(order.number) \(order.outcome)") {
                    // Whoever reads the partner's words sends it again, as often as the storm had it refused.
                    guard let source = order.row?.status, let stage = Stage.allCases.first(where: { $0.source == source }) else {
                        continue
                    }
                    diary.note("\(order.number): released after \(order.refusals) refusals")
                    if try await strikes.people.run(["replay", stage.rawValue, "--po", order.dscoOrderID]) {
                        released.insert("\(order.number) \(order.outcome)")
                    }
                }
            } catch let error as PostgresError {
                diary.note("the judge could not look: \(error)")
            }
            try await Task.sleep(for: .seconds(1))
        }
    }

    /// Nothing more is sent for settled orders, and everything stays as it is.
    private func quiet() async throws -> [Finding] {
        let before = await room.effectCounts()
        try await Task.sleep(for: .seconds(settings.quiet))
        let after = await room.effectCounts()
        let more = after.filter { $0.value != before[$0.key] }.map {
            Finding(.quiet, "\($0.key): \(before[$0.key] ?? 0) when settled, \($0.value) after \(Int(settings.quiet)) s")
        }
        return more + Judge.findings(try await room.collect())
    }

    private func timelines(_ findings: [Finding]) async throws -> [String: String] {
        var timelines: [String: String] = [:]
        let directory = OrderDirectory(scene.pool)
        for order in Set(findings.compactMap(\.order)).sorted().prefix(10) {
            guard let key = try await directory.find(order).first?.key, let detail = try await directory.detail(key) else {
                continue
            }
            timelines[order] = detail.timeline
        }
        return timelines
    }
}

extension OrderDetail {
    /// The order's events and ledger, for people.
    fileprivate var timeline: String {
        let ledger = submissions.map {
            "  \($0.stage.rawValue) \($0.key): \($0.state.rawValue), attempt \($0.attempts), \($0.answerCode ?? "") \($0.answerWords ?? "")"
        }
        return (events.suffix(40).map { "  \($0.at.formatted(.iso8601)) \($0.kind) \($0.stage ?? "") \($0.text)" } + ledger)
            .joined(separator: "\n")
    }
}
