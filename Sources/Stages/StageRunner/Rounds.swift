import Pipeline

/// How a run's plans are cut into rounds, each small enough to be sent within the permission of its intents.
///
/// What was sent before and got no clear answer goes in calls of its own: one poisonous order keeps no other in doubt. Such rounds and the
/// plain ones take turns, so that neither keeps the other from the run's budget.
struct Rounds<Plan: Sendable>: Sendable {
    struct Round: Sendable {
        var plans: [Plan]
        /// Each order of it goes by a call of its own.
        var isDoubtful: Bool
    }

    static func plan(
        _ plans: [Plan], _ capacity: SendCapacity, isDoubtful: (Plan) -> Bool, effects: (Plan) -> Int
    ) -> [Round] {
        let plain = cut(plans.filter { !isDoubtful($0) }, capacity.effectsPerCall * capacity.callsAtOnce, effects)
        let doubtful = cut(plans.filter(isDoubtful), capacity.callsAtOnce) { _ in 1 }
        var rounds: [Round] = []
        for index in 0..<max(plain.count, doubtful.count) {
            if index < plain.count { rounds.append(Round(plans: plain[index], isDoubtful: false)) }
            if index < doubtful.count { rounds.append(Round(plans: doubtful[index], isDoubtful: true)) }
        }
        return rounds
    }

    /// Consecutive parts of at most `size`; a plan that is larger stands alone.
    private static func cut(_ plans: [Plan], _ size: Int, _ weight: (Plan) -> Int) -> [[Plan]] {
        var parts: [[Plan]] = []
        var room = 0
        for plan in plans {
            let needed = weight(plan)
            if parts.isEmpty || needed > room {
                parts.append([])
                room = size
            }
            parts[parts.count - 1].append(plan)
            room -= needed
        }
        return parts
    }
}
