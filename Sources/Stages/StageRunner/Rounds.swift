import Algorithms
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

    /// - Parameters:
    ///   - group: what the plans of one call have in common.
    ///   - effects: how many effects a plan brings into its call.
    static func plan(
        _ plans: [Plan], _ capacity: SendCapacity, isDoubtful: (Plan) -> Bool, group: (Plan) -> String, effects: (Plan) -> Int
    ) -> [Round] {
        let plain = calls(plans.filter { !isDoubtful($0) }, capacity.effectsPerCall, group, effects)
            .chunks(ofCount: capacity.callsAtOnce).map { Round(plans: $0.flatMap(\.self), isDoubtful: false) }
        let doubtful = plans.filter(isDoubtful)
            .chunks(ofCount: capacity.callsAtOnce).map { Round(plans: Array($0), isDoubtful: true) }
        return zip(plain, doubtful).flatMap { [$0, $1] } + plain.dropFirst(doubtful.count) + doubtful.dropFirst(plain.count)
    }

    /// The plans by calls of at most `size` effects, in the order of each call's first plan; a plan that is larger stands alone.
    private static func calls(
        _ plans: [Plan], _ size: Int, _ group: (Plan) -> String, _ effects: (Plan) -> Int
    ) -> [[Plan]] {
        var calls: [[Plan]] = []
        var open: [String: (call: Int, room: Int)] = [:]
        for plan in plans {
            let (group, needed) = (group(plan), effects(plan))
            if let (call, room) = open[group], needed <= room {
                calls[call].append(plan)
                open[group] = (call, room - needed)
            } else {
                open[group] = (calls.count, size - needed)
                calls.append([plan])
            }
        }
        return calls
    }
}
