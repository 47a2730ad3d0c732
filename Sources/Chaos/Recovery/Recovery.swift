import Domain
import FoundationEssentials
import Glibc
import PostgreSQL
import Rehearsal
import Sandbox

/// Measures how soon the fleet is at work again, each kind of trouble several times over.
struct Recovery: Sendable {
    let scene: Scene
    let rounds: Int

    /// Longer than any recovery should take: then it counts as this long.
    private static let patience = 60.0
    private static let freeze = Duration.seconds(20)

    func run() async throws -> [RecoveryTimes] {
        try await Company(scene: scene).during {
            try await withThrowingTaskGroup(of: Void.self, returning: [RecoveryTimes].self) { group in
                group.addTask { await send() }
                defer { group.cancelAll() }
                return try await measurements()
            }
        }
    }

    private func measurements() async throws -> [RecoveryTimes] {
        try await everyStageWorks(since: Date())
        var times: [RecoveryTimes] = []
        for kind in RecoveryKind.allCases {
            var seconds: [Double] = []
            for round in 1...rounds {
                let one = try await measure(kind, round)
                Console.say("\(kind.rawValue): \((one * 10).rounded() / 10) s")
                seconds.append(one)
                try await everyStageWorks(since: Date())
            }
            times.append(RecoveryTimes(kind: kind, seconds: seconds))
        }
        return times
    }

    private func measure(_ kind: RecoveryKind, _ round: Int) async throws -> Double {
        // A stage and its worker of each round; pull and stock hold their locks longest.
        let stage = Stage.allCases[round % Stage.allCases.count]
        switch kind {
        case .workerKilled: return try await takenOver(stage) { member in _ = member.kill() }
        case .workerFrozen: return try await takenOver(stage, thaw: true) { $0.child?.send(SIGSTOP) }
        case .schedulerKilled: return try await ticksAgain { member in _ = member.kill() }
        case .schedulerFrozen: return try await ticksAgain(thaw: true) { $0.child?.send(SIGSTOP) }
        case .brokerBack: return try await back(.rabbitmq)
        case .databaseBack: return try await back(.postgres)
        }
    }

    // MARK: Trouble

    /// Strikes the worker that holds the stage's locks.
    private func takenOver(_ stage: Stage, thaw: Bool = false, _ strike: (Member) -> Void) async throws -> Double {
        let victim = try await holder("\(stage.rawValue)-worker")
        guard let child = victim.child else { throw RehearsalError("\(victim.name) has just ended") }
        let start = Date()
        strike(victim)
        defer { if thaw { child.send(SIGCONT) } }
        return try await seconds(since: start) {
            let rows = try await scene.pool.query(
                """
                select min(started_at) as at from stage_run where stage = \(stage.rawValue) and started_at > \(start)
                  and worker not like \("%/\(child.pid)") and state in ('done', 'continued')
                """)
            return try rows.first?.decode("at", as: Date?.self)
        }
    }

    private func ticksAgain(thaw: Bool = false, _ strike: (Member) -> Void) async throws -> Double {
        let leader = try await holder("scheduler")
        guard let child = leader.child else { throw RehearsalError("\(leader.name) has just ended") }
        let start = Date()
        strike(leader)
        defer { if thaw { child.send(SIGCONT) } }
        return try await seconds(since: start) {
            // A fire that was due after the blow, and somebody noted.
            let rows = try await scene.pool.query("select max(fired_at) > \(start) as fires from job_fire")
            return try rows[0].decode("fires", as: Bool.self) ? Date() : nil
        }
    }

    private func back(_ server: Server) async throws -> Double {
        try await scene.strikes.servers.kill(server)
        try await scene.strikes.servers.start(server)
        let start = Date()
        return try await everyStageWorks(since: start)
    }

    // MARK: Signs of life

    /// The process of this program that holds locks right now.
    private func holder(_ program: String) async throws -> Member {
        let deadline = Date().addingTimeInterval(Self.patience)
        while Date() < deadline {
            let names = try await scene.pool.query(
                """
                select distinct application_name from pg_locks join pg_stat_activity using (pid)
                where locktype = 'advisory' and objsubid = 2 and granted and application_name like \(program + "-%")
                """
            ).map { try $0.decode("application_name", as: String.self) }
            if let name = names.first, let member = scene.fleet.members.values.first(where: { "\($0.name)" == name }) {
                return member
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw RehearsalError("no \(program) held a lock for \(Int(Self.patience)) s")
    }

    /// Seconds until every stage has begun a run since.
    @discardableResult
    private func everyStageWorks(since start: Date) async throws -> Double {
        try await seconds(since: start) {
            let rows = try await scene.pool.query(
                """
                select max(at) as at, count(*)::int as stages from (
                  select min(started_at) as at from stage_run where started_at > \(start) and state in ('done', 'continued', 'running')
                  group by stage) as x
                """)
            guard try rows[0].decode("stages", as: Int.self) == Stage.allCases.count else { return nil }
            return try rows[0].decode("at", as: Date?.self)
        }
    }

    private func seconds(since start: Date, _ sign: () async throws -> Date?) async throws -> Double {
        while Date().timeIntervalSince(start) < Self.patience {
            if let at = try? await sign() { return max(0, at.timeIntervalSince(start)) }
            try await Task.sleep(for: .milliseconds(50))
        }
        return Self.patience
    }

    /// There is always something to do.
    private func send() async {
        var seed = scene.settings.seed
        while !Task.isCancelled {
            seed &+= 1
            _ = await scene.sandbox.createOrders(OrderRequest(count: 1, seed: seed, mix: [], age: 12))
            try? await Task.sleep(for: .seconds(60.0 / Double(scene.settings.ordersPerMinute)))
        }
    }
}
