extension Judge {
    /// Planned less often, a kind may have found nobody to strike by chance.
    private static let fewest = 4

    /// Kinds of fault that were planned again and again and struck less than half as often: a storm that did not take place proves nothing.
    package static func lull(_ plan: FaultPlan, struck: [FaultKind: Int]) -> [Finding] {
        let planned = plan.faults.reduce(into: [FaultKind: Int]()) { $0[$1.kind, default: 0] += 1 }
        return FaultKind.allCases.compactMap { kind in
            let (meant, done) = (planned[kind] ?? 0, struck[kind] ?? 0)
            guard meant >= fewest, done * 2 < meant else { return nil }
            return Finding(.storm, "\(kind.rawValue): struck \(done) of \(meant) times")
        }
    }
}
