package import Domain

/// The first key of the advisory locks, by what they guard; the second is the partition.
package enum LockClass {
    package static let leader: Int32 = 100
    /// Whoever looks through a stage's dead letters; the second key is the stage.
    package static let deadLetters: Int32 = 101

    package static func of(_ stage: Stage) -> Int32 {
        switch stage {
        case .pull: 1
        case .push: 2
        case .ack: 3
        case .ship: 4
        case .invoice: 5
        case .stock: 6
        }
    }
}
