import Domain
import FoundationEssentials
import NIOCore
import Pipeline
import PostgreSQL
import Rehearsal
import Sandbox

/// Carries out the faults of a plan.
struct Strikes: Sendable {
    let fleet: Fleet
    let servers: PrivateServers
    let links: [LinkName: Link]
    let broker: Broker
    let board: FaultBoard
    let configuration: ConfigurationDesk
    let people: OperatorDesk
    let pool: PostgresPool
    let diary: Diary
    /// One server at a time is away.
    let outage = Turn()
    /// Orders that a person may replay without deciding anything about them.
    let replayable: Replayable

    /// Lets every fault strike at its time; returns when the last one is over.
    func run(_ plan: FaultPlan) async {
        await withTaskGroup(of: Void.self) { group in
            for planned in plan.faults {
                group.addTask {
                    let wait = planned.at - diary.now
                    if wait > 0 { try? await Task.sleep(for: .seconds(wait)) }
                    await strike(planned)
                }
            }
        }
    }

    private func strike(_ planned: PlannedFault) async {
        do {
            let what = "\(planned.kind.rawValue): \(planned.fault)"
            if try await carryOut(planned.fault, started: { diary.struck(planned.kind, what) }) { return }
            // What stood in its way, another fault as a rule, is over soon.
            try await Task.sleep(for: .seconds(2))
            if try await carryOut(planned.fault, started: { diary.struck(planned.kind, what) }) { return }
            diary.missed(planned.kind, "\(what) was not possible")
        } catch {
            diary.missed(planned.kind, "\(planned.kind.rawValue): \(error)")
        }
    }

    /// - Parameter started: called when the fault has struck.
    /// - Returns: false when something else stood in its way.
    private func carryOut(_ fault: StormFault, started: () -> Void) async throws -> Bool {
        switch fault {
        case .kill(let name):
            guard fleet.members[name]?.kill() == true else { return false }
            started()
        case .restart(let name):
            guard fleet.members[name]?.terminate() == true else { return false }
            started()
        case .freeze(let name, let seconds):
            guard let member = fleet.members[name], member.child != nil else { return false }
            started()
            try await member.freeze(for: .seconds(seconds))
        case .stop(let server, let seconds):
            try await outage.take {
                started()
                do { try await servers.stop(server) } catch {
                    // RabbitMQ sometimes hangs when it is stopped soon after its start.
                    try await servers.kill(server)
                    diary.lost(nil)
                }
                try await bringBack(server, after: seconds)
            }
        case .crash(let server, let seconds):
            try await outage.take {
                started()
                try await servers.kill(server)
                if server == .rabbitmq { diary.lost(nil) }
                try await bringBack(server, after: seconds)
            }
        case .terminateSessions(let share):
            try await terminateSessions(share: share)
            started()
        case .closeConnections:
            // The broker lists new connections only after some seconds, and it may just have been started.
            guard try await again(within: 25, { try await broker.closeConnections() > 0 }) else { return false }
            started()
        case .deleteQueue(let stage):
            // RabbitMQ 3.10 does not survive the deletion of a queue whose dead letter worker is just starting, nor to be killed in one
            // (README, "When a queue stays dead"): whoever deletes a queue here does it on a broker that is up and at work.
            return try await outage.take {
                guard try await again(within: 20, { try await broker.isServing(stage) }) else { return false }
                try await broker.deleteQueue(stage)
                diary.lost(stage)
                started()
                return true
            }
        case .purgeQueue(let stage):
            try await broker.purgeQueue(stage)
            diary.lost(stage)
            started()
        case .link(let name, let fault):
            started()
            try await links[name]?.strike(fault)
        case .partner(let partner, let path, let kind, let count, let seconds):
            return try await spell(Fault(partner, path, kind, count: count, seconds: seconds), started: started)
        case .configure(let change, let seconds):
            started()
            try await configuration.make(change, seconds: seconds)
        case .replay, .tick:
            // Whoever finds the database or the broker away tries again.
            let isDone = try await again(within: 20) {
                guard let arguments = try await arguments(fault) else { return false }
                return try await people.run(arguments)
            }
            guard isDone else { return false }
            started()
        case .tickTwice(let stage):
            let tick = Tick(id: UUID().uuidString.lowercased(), stage: stage, trigger: .manual, requestedBy: "chaos")
            let body = String(decoding: tick.body, as: UTF8.self)
            for _ in 1...2 { _ = try await broker.publish(body, to: stage) }
            started()
        case .malformedMessage(let stage, let number):
            let body = MalformedMessage.body(number)
            guard try await broker.publish(body, to: stage) else { return false }
            diary.sent(MalformedMessage(at: diary.now, stage: stage, body: body))
            started()
        }
        return true
    }

    /// A partner's bad spell ends after its count of calls, and in any case after a while: one who is hardly called would else be sick for
    /// minutes.
    ///
    /// - Returns: whether it befell anything.
    private func spell(_ fault: Fault, started: () -> Void) async throws -> Bool {
        let number = board.begin(fault)
        defer { board.end(number) }
        let end = diary.now + (fault.kind.befallsRows ? 45 : 20)
        var hasStruck = false
        while diary.now < end, let left = board[number]?.count, left > 0 || !hasStruck {
            if !hasStruck, left < fault.count ?? 0 {
                hasStruck = true
                started()
            }
            try await Task.sleep(for: .milliseconds(200))
        }
        return hasStruck
    }

    /// Whatever went wrong when a server was to come back.
    func bringEverythingUp() async throws {
        for server in Server.allCases { try await servers.start(server) }
    }

    private func bringBack(_ server: Server, after seconds: Double) async throws {
        try await Task.sleep(for: .seconds(seconds))
        try await servers.start(server)
        // The fleet gets to work before the next outage.
        try await Task.sleep(for: .seconds(3))
    }

    private func terminateSessions(share: Double) async throws {
        try await pool.query(
            """
            select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid() and application_name <> 'chaos' and random() < \(share)
            """)
    }

    private func again(within seconds: Double, _ body: () async throws -> Bool) async throws -> Bool {
        let deadline = diary.now + seconds
        while true {
            if (try? await body()) == true { return true }
            guard diary.now < deadline else { return false }
            try await Task.sleep(for: .seconds(1))
        }
    }

    private func arguments(_ fault: StormFault) async throws -> [String]? {
        switch fault {
        case .tick(let stage): ["tick", stage.rawValue]
        case .replay(.byHold(let stage, let reason)): ["replay", stage.rawValue, "--held", reason.rawValue]
        case .replay(.since(let stage, let seconds)):
            ["replay", stage.rawValue, "--since", Date(timeIntervalSinceNow: -Double(seconds)).formatted(.iso8601)]
        case .replay(.byNumber(let stage, let count)):
            try await numbers(stage, count).map { ["replay", stage.rawValue, "--po"] + $0 }
        default: nil
        }
    }

    /// Orders that stand at the stage, those that changed last first; nil when there are none.
    private func numbers(_ stage: Stage, _ count: Int) async throws -> [String]? {
        let rows = try await pool.query(
            """
            select po_number from dsco_order_sync where status = \(stage.source?.rawValue ?? 1) order by updated_at desc limit 500
            """)
        let numbers = try rows.map { try $0.decode("po_number", as: String.self) }.filter(replayable.contains)
        return numbers.isEmpty ? nil : Array(numbers.prefix(count))
    }
}

extension MalformedMessage {
    /// No tick in any reading; each is different, so that every one can be found again.
    static func body(_ number: Int) -> String {
        switch number % 5 {
        case 0: "not JSON at all, number \(number)"
        case 1: #"{"v":1,"id":"malformed-\#(number)","stage":"nowhere","trigger":"manual"}"#
        case 2: #"{"v":99,"id":"malformed-\#(number)","stage":"push","trigger":"manual"}"#
        case 3: #"{"v":1,"id":"malformed-\#(number)","trigger":"manual"}"#
        default: #"["malformed", \#(number)]"#
        }
    }
}

extension Fault.Kind {
    /// Whether it concerns single rows of what is written, of which there may be none for a while.
    fileprivate var befallsRows: Bool {
        switch self {
        case .refuseRow, .noLogRow, .lateLogRow, .hideEffect: true
        case .tooMany, .serverError, .serverErrorAfter, .slow, .cutBefore, .cutAfter, .garbage, .tokenExpired: false
        }
    }
}
