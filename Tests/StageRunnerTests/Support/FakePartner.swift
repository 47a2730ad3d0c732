import Domain
import Foundation
import JSON
import PartnerHTTP
import Pipeline
import StageRunner
import Store
import Synchronization

/// An effect that says nothing but which it is.
struct ProbeEffect: PartnerEffect {
    var order: String
    var key: String

    var name: String { "\(order)/\(key)" }

    init(order: String, key: String) {
        self.order = order
        self.key = key
    }

    init(_ json: JSONReader) throws(JSONError) { self.init(order: try json.string("order"), key: try json.string("key")) }

    var json: JSON { ["order": .string(order), "key": .string(key)] }
}

/// The network and the far side of it, held in memory. It counts what it did.
final class FakePartner: Sendable {
    /// What happens to one sending of an effect.
    enum Reaction: Sendable {
        /// Taken for processing, and done.
        case accept
        /// Done, and said so at once.
        case confirm
        case refuse(String)
        /// It has been done before, by whomever: refused as a repetition.
        case refuseAsDone(String)
        case notExecuted
        /// Its permission ran out before its turn.
        case notSent
        /// The connection is cut before or after it is done.
        case cutBefore, cutAfter
        /// The sender dies before or after it is done.
        case dieBefore, dieAfter
    }

    struct State: Sendable {
        /// By effect: what happens to its next sendings; `confirm` when nothing is scripted.
        var reactions: [String: [Reaction]] = [:]
        /// By effect: what the change log says; absent means pending.
        var log: [String: StageRunner.Confirmation] = [:]
        /// How often it was looked into.
        var logLooks = 0
        /// How often each effect was done.
        var done: [String: Int] = [:]
        /// Effects that are done but not shown yet.
        var hidden: Set<String> = []
        var ambiguous: Set<String> = []
        var unreadable: Set<String> = []
        /// Every effect in the order of its sendings.
        var sent: [String] = []
        /// The effects of each call, in order of their names.
        var calls: [[String]] = []
        /// Every call with one of these is cut before anything of it is done.
        var poison: Set<String> = []
        var capacity = SendCapacity(effectsPerCall: 200, callsAtOnce: 1)
        var looks: [String] = []
        /// How many objects can still be looked at before reading is down.
        var looksLeft = Int.max
        /// The keys that an order needs; `["ack"]` by default.
        var keys: [String: [String]] = [:]
        /// What is decided for an order instead of sending.
        var decisions: [String: Decided<ProbeEffect>] = [:]
        var undecidable: Set<String> = []
        /// Orders that the partner says nothing about.
        var unknownOrders: Set<String> = []
        var isDown = false
        var isReadDown = false
        /// Reading ends in an error that concerns this question alone.
        var isMute = false
        /// Something that happens while objects are looked at.
        var whileLooking: (@Sendable () async throws -> Void)?
        /// Something that happens while the effects are on their way.
        var meanwhile: (@Sendable () async throws -> Void)?
        /// Ends the run's polling after the sending.
        var endsPolling = true
        var isStopping = false
    }

    static let outOfService = PartnerError(
        .dsco, .notExecuted, call: "POST /order/acknowledge", code: "circuit_open", words: "not for Jane Roe")

    struct Down: Error {}
    struct Death: Error {}

    private let state = Mutex(State())

    func with<T: Sendable>(_ body: (inout State) -> T) -> T { state.withLock { body(&$0) } }

    func script(_ effect: String, _ reactions: Reaction...) { with { $0.reactions[effect] = reactions } }

    func count(_ effect: String) -> Int { with { $0.done[effect] ?? 0 } }
}

/// A stage 2 → 3 over the fake partner.
struct FakeStage: OrderStage {
    static let timeout: TimeInterval = 10
    static let settling: TimeInterval = 100

    let partner: FakePartner

    var stage: Stage { .ack }
    var effectTiming: EffectTiming { EffectTiming(timeout: Self.timeout, settling: Self.settling) }
    var refusal: HoldReason { .refusedByDSCO }

    func mayWrite(_ configuration: RuntimeConfiguration) -> Bool { configuration.ack.write }

    func capacity(_ configuration: RuntimeConfiguration) -> SendCapacity { partner.with(\.capacity) }

    func gather(_ orders: [OrderInHand], _ run: RunContext) async throws -> [OrderKey: Bool] {
        let unknown = try partner.with { state in
            if state.isDown { return Result<Set<String>, any Error>.failure(FakePartner.Down()) }
            return .success(state.unknownOrders)
        }.get()
        return Dictionary(uniqueKeysWithValues: orders.filter { !unknown.contains($0.key.rawValue) }.map { ($0.key, true) })
    }

    func decide(_ order: OrderInHand, _ facts: Bool, _ run: RunContext) throws -> Decided<ProbeEffect> {
        let id = order.key.rawValue
        return try partner.with { state -> Result<Decided<ProbeEffect>, any Error> in
            if state.undecidable.contains(id) { return .failure(FakePartner.Down()) }
            if let decided = state.decisions[id] { return .success(decided) }
            return .success(Decided(.send((state.keys[id] ?? ["ack"]).map { ProbeEffect(order: id, key: $0) })))
        }.get()
    }

    func submit(
        _ rows: [OpenRow<ProbeEffect>], _ permit: SendPermit, _ run: RunContext,
        _ report: @Sendable ([Answer]) async throws -> Void
    ) async throws {
        if let meanwhile = partner.with({ $0.meanwhile }) { try await meanwhile() }
        let rows = rows.sorted { $0.effect.name < $1.effect.name }
        let isPoisoned = partner.with { state in
            state.calls.append(rows.map(\.effect.name))
            return rows.contains { state.poison.contains($0.effect.name) }
        }
        var answers: [Answer] = []
        let end = Result {
            for row in rows { answers.append(try react(row, isPoisoned: isPoisoned)) }
        }
        if !answers.isEmpty { try await report(answers) }
        try end.get()
        partner.with { if $0.endsPolling { $0.isStopping = true } }
    }

    private func react(_ row: OpenRow<ProbeEffect>, isPoisoned: Bool) throws -> Answer {
        let name = row.effect.name
        let mayStillSend = WriteLease.isHeld
        let reaction = partner.with { state -> FakePartner.Reaction in
            guard mayStillSend else { return .notSent }
            state.sent.append(name)
            if isPoisoned { return .cutBefore }
            let reaction = state.reactions[name]?.first ?? .confirm
            if state.reactions[name]?.isEmpty == false { state.reactions[name]?.removeFirst() }
            switch reaction {
            case .accept, .confirm, .cutAfter, .dieAfter: state.done[name, default: 0] += 1
            case .refuse, .refuseAsDone, .notExecuted, .notSent, .cutBefore, .dieBefore: break
            }
            if case .refuseAsDone = reaction, state.done[name] == nil { state.done[name] = 1 }
            return reaction
        }
        let failure = Failure(code: "cut", words: "the connection was cut")
        switch reaction {
        case .accept: return Answer(row.id, .accepted(requestID: "request \(row.id)"))
        case .confirm: return Answer(row.id, .confirmed(Learned(lingXingOrderNumbers: ["L-\(name)"])))
        case .refuse(let code), .refuseAsDone(let code): return Answer(row.id, .refused(Failure(code: code, words: "refused")))
        case .notExecuted: return Answer(row.id, .notExecuted(FakePartner.outOfService))
        case .notSent: return Answer(row.id, .notSent(Failure(code: "deadline_passed", words: "not sent")))
        case .cutBefore, .cutAfter: return Answer(row.id, .unknown(failure))
        case .dieBefore, .dieAfter: throw FakePartner.Death()
        }
    }

    func confirm(
        _ rows: [OpenRow<ProbeEffect>], until end: ContinuousClock.Instant, _ run: RunContext
    ) async throws -> [Int64: StageRunner.Confirmation] {
        try partner.with { state -> Result<[Int64: StageRunner.Confirmation], any Error> in
            guard !state.isReadDown else { return .failure(FakePartner.Down()) }
            state.logLooks += 1
            var answers: [Int64: StageRunner.Confirmation] = [:]
            for row in rows { answers[row.id] = state.log[row.effect.name] ?? .pending }
            return .success(answers)
        }.get()
    }

    func reconcile(_ rows: [OpenRow<ProbeEffect>], _ run: RunContext) async throws -> [Int64: Finding] {
        if let whileLooking = partner.with({ $0.whileLooking }) { try await whileLooking() }
        guard !partner.with(\.isMute) else { throw PartnerError(.dsco, .unavailable, call: "GET /order/") }
        return try partner.with { state -> Result<[Int64: Finding], any Error> in
            guard !state.isReadDown, state.looksLeft >= rows.count else { return .failure(FakePartner.Down()) }
            state.looksLeft -= rows.count
            var findings: [Int64: Finding] = [:]
            for row in rows where !state.unreadable.contains(row.effect.name) {
                let name = row.effect.name
                state.looks.append(name)
                if state.ambiguous.contains(name) {
                    findings[row.id] = .ambiguous("something like it")
                } else if state.done[name] != nil, !state.hidden.contains(name) {
                    findings[row.id] = .present(Learned(lingXingOrderNumbers: ["L-\(name)"]))
                } else {
                    findings[row.id] = .absent
                }
            }
            return .success(findings)
        }.get()
    }
}
