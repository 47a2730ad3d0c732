package import Domain

/// The fixed share of the orders that an order belongs to: the unit of locking and of sharing work out (design 4, shards).
package enum Partition {
    package static let count = 64
    package static let all = 0..<count

    /// A stable hash (FNV-1a) of the order's key; stored on the row and never recomputed, so it may not change.
    package static func of(_ key: OrderKey) -> Int {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in key.rawValue.utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        return Int((hash ^ (hash >> 32)) % UInt64(count))
    }
}

/// Share `index` of `of`: the partitions p with p mod `of` = `index`.
package struct Shard: Sendable, Hashable, CustomStringConvertible {
    package static let whole = Shard(uncheckedIndex: 0, of: 1)

    package let index: Int
    package let of: Int

    /// `nil` unless 0 ≤ index < of ≤ 64.
    package init?(index: Int, of: Int) {
        guard (1...Partition.count).contains(of), (0..<of).contains(index) else { return nil }
        self.init(uncheckedIndex: index, of: of)
    }

    private init(uncheckedIndex: Int, of: Int) {
        index = uncheckedIndex
        self.of = of
    }

    package var partitions: [Int] { Partition.all.filter { $0 % of == index } }

    package var description: String { "\(index)/\(of)" }

    /// All shards of a job that runs in `count` shards.
    package static func all(_ count: Int) -> [Shard] {
        (0..<count).compactMap { Shard(index: $0, of: count) }
    }
}
