import Domain
import Rehearsal
import Sandbox

/// Fills in what a kind of fault leaves to chance.
///
/// All lateness together (slow answers, slow links, effects shown late) stays below the fleet's settling time, and a freeze below deadline
/// and settling time together: beyond them doing something twice would be nobody's fault (design 7.2).
struct FaultMaker {
    private static let orderStages: [Stage] = [.push, .ack, .ship, .invoice]
    private static let writePaths: [(partner: Partner, path: String)] = [
        (.lingxing, "/pb/mp/order/v2/create"), (.dsco, "/order/acknowledge"), (.dsco, "/order/shipment"), (.dsco, "/invoice"),
        (.dsco, "/inventory/batch"),
    ]

    var dice: SplitMix64
    private var turns: [FaultKind: Int] = [:]
    private var malformed = 0

    init(dice: SplitMix64) { self.dice = dice }

    mutating func fault(_ kind: FaultKind, round: Int) -> StormFault {
        switch kind {
        case .workerKilled: .kill(worker(turn(kind)))
        case .workerStumbled: .freeze(worker(turn(kind)), seconds: between(0.5, 3))
        case .workerFrozen: .freeze(worker(turn(kind)), seconds: between(6.5, 8.5))
        case .workerRestarted: .restart(worker(turn(kind)))
        case .schedulerKilled: .kill(.scheduler(number()))
        case .schedulerFrozen: .freeze(.scheduler(number()), seconds: between(6.5, 8.5))
        case .schedulerRestarted: .restart(.scheduler(number()))
        case .brokerRestarted: .stop(.rabbitmq, seconds: between(0, 2))
        case .brokerKilled: .crash(.rabbitmq, seconds: between(0, 2))
        case .databaseRestarted: .stop(.postgres, seconds: between(0, 4))
        case .databaseKilled: .crash(.postgres, seconds: between(0, 4))
        case .sessionsTerminated: .terminateSessions(share: between(0.2, 1))
        case .connectionsClosed: .closeConnections
        case .queueDeleted: .deleteQueue(stage(turn(kind)))
        case .queuePurged: .purgeQueue(stage(turn(kind)))
        case .linkCut, .linkCutBefore, .linkCutAfter, .linkCutMidway, .linkDelayed, .linkBlackHole:
            .link(link(kind), network(kind))
        case .partnerTooMany: partner(.tooMany, count: 5...30)
        case .partnerServerError: partner(.serverError, count: 5...30)
        case .partnerServerErrorAfter: partner(.serverErrorAfter, count: 1...5)
        case .partnerSlow: partner(.slow, count: 1...5, seconds: between(1.2, 2.8))
        case .partnerCutBefore: partner(.cutBefore, count: 1...6)
        case .partnerCutAfter: partner(.cutAfter, count: 1...6)
        case .partnerRefusesRow: write(.refuseRow, among: Self.writePaths.count, count: 1...4)
        case .partnerNoLogRow: write(.noLogRow, from: 1, among: Self.writePaths.count, count: 1...2)
        case .partnerLateLogRow: write(.lateLogRow, from: 1, among: Self.writePaths.count, count: 1...5, seconds: between(2, 12))
        case .partnerGarbage: partner(.garbage, count: 1...6)
        case .partnerTokenExpired: partner(.tokenExpired, count: 1...2)
        case .partnerHidesEffect: write(.hideEffect, among: 4, count: 1...4, seconds: between(0.5, 1.5))
        case .shardsChanged: .configure(.shards(one(of: Self.orderStages), one(of: [2, 4])), seconds: between(4, 10))
        case .shopUnmapped: .configure(.withoutShop(Int.random(in: 0..<3, using: &dice)), seconds: between(3, 8))
        case .identityChanged: .configure(.identityByDSCOOrderID, seconds: between(3, 8))
        case .retryChanged: .configure(.retry(base: one(of: [1, 2, 3]), max: one(of: [3, 5, 20])), seconds: between(4, 10))
        case .writeSwitchedOff: .configure(.writeOff(one(of: Self.orderStages + [.stock])), seconds: between(3, 8))
        case .packagesChanged: .configure(.allPackages, seconds: between(4, 10))
        case .replayByNumber:
            .replay(.byNumber(one(of: Self.orderStages + [.pull]), orders: Int.random(in: 1...20, using: &dice)))
        // Only holds and stages of which a release decides nothing: a person must not wave through what the check expects to be held.
        case .replayByHold: .replay(.byHold(.push, one(of: [.shopUnmapped, .addressIncomplete, .priceMissing, .poNumberShared])))
        case .replaySince: .replay(.since(one(of: [.pull, .invoice]), seconds: Int.random(in: 5...120, using: &dice)))
        case .manualTick: .tick(one(of: Stage.allCases))
        case .tickTwice: .tickTwice(one(of: Stage.allCases))
        case .malformedMessage: malformedMessage()
        }
    }

    // MARK: Chance

    private mutating func between(_ least: Double, _ most: Double) -> Double {
        (least + dice.fraction() * (most - least)).rounded(toPlaces: 2)
    }

    private mutating func one<Element>(of elements: [Element]) -> Element {
        elements[Int.random(in: 0..<elements.count, using: &dice)]
    }

    private mutating func number() -> Int { Int.random(in: 1...2, using: &dice) }

    /// How often this kind was asked for before: stages and links take turns, so that none is left out.
    private mutating func turn(_ kind: FaultKind) -> Int {
        let turn = turns[kind] ?? Int.random(in: 0..<24, using: &dice)
        turns[kind] = turn + 1
        return turn
    }

    private mutating func worker(_ turn: Int) -> ProcessName { .worker(stage(turn), number()) }

    private func stage(_ turn: Int) -> Stage { Stage.allCases[turn % Stage.allCases.count] }

    private mutating func link(_ kind: FaultKind) -> LinkName { LinkName.allCases[turn(kind) % LinkName.allCases.count] }

    private mutating func network(_ kind: FaultKind) -> LinkFault {
        switch kind {
        case .linkCutBefore: .cutBefore(requests: Int.random(in: 1...6, using: &dice))
        case .linkCutAfter: .cutAfter(requests: Int.random(in: 1...6, using: &dice))
        case .linkCutMidway:
            .cutMidway(requests: Int.random(in: 1...6, using: &dice), bytes: Int.random(in: 1...400, using: &dice))
        case .linkDelayed: .delayed(by: between(0.02, 0.3), seconds: between(2, 5))
        case .linkBlackHole: .blackHole(seconds: between(1, 6))
        default: .cut
        }
    }

    /// Half of the time the next calls of whatever kind, else those that write.
    private mutating func partner(_ kind: Fault.Kind, count: ClosedRange<Int>, seconds: Double = 1) -> StormFault {
        if dice.fraction() < 0.5 {
            return .partner(
                one(of: [.dsco, .lingxing]), path: "*", kind, count: Int.random(in: count, using: &dice), seconds: seconds)
        }
        return write(kind, among: Self.writePaths.count, count: count, seconds: seconds)
    }

    private mutating func write(
        _ kind: Fault.Kind, from first: Int = 0, among paths: Int, count: ClosedRange<Int>, seconds: Double = 1
    ) -> StormFault {
        let (partner, path) = one(of: Array(Self.writePaths[first..<paths]))
        return .partner(partner, path: path, kind, count: Int.random(in: count, using: &dice), seconds: seconds)
    }

    private mutating func malformedMessage() -> StormFault {
        malformed += 1
        return .malformedMessage(one(of: Stage.allCases), number: malformed)
    }
}

extension Double {
    fileprivate func rounded(toPlaces places: Int) -> Double {
        let scale = (0..<places).reduce(1.0) { scale, _ in scale * 10 }
        return (self * scale).rounded() / scale
    }
}
