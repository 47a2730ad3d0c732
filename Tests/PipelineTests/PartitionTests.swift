import Domain
import Pipeline
import Testing

@Suite("Orders are shared out the same way for ever")
struct PartitionTests {
    @Test(
        "The partition of a key is stored and may never be computed otherwise",
        arguments: [("", 1), ("1", 48), ("1001", 39), ("po:PO-1", 30), ("1234567890", 51), ("订单", 48), ("PO 1", 58)])
    func golden(_ key: String, _ partition: Int) {
        #expect(Partition.of(OrderKey(rawValue: key)) == partition)
    }

    @Test("Consecutive ids spread over all partitions evenly")
    func spread() {
        var counts = [Int](repeating: 0, count: Partition.count)
        for id in 1_000_000..<1_064_000 { counts[Partition.of(OrderKey(rawValue: "\(id)"))] += 1 }
        #expect(counts.min()! > 800)
        #expect(counts.max()! < 1200)
    }

    @Test("The shards of any number cover every partition once", arguments: 1...64)
    func coverage(_ count: Int) {
        let shards = Shard.all(count)
        #expect(shards.count == count)
        #expect(shards.flatMap(\.partitions).sorted() == Array(Partition.all))
        #expect(
            shards.allSatisfy { shard in !shard.partitions.isEmpty && shard.partitions.allSatisfy { $0 % count == shard.index } })
    }

    @Test("There is no shard outside 0 ≤ index < of ≤ 64", arguments: [(0, 0), (1, 1), (-1, 2), (0, 65), (64, 64), (0, -1)])
    func outside(_ index: Int, _ of: Int) {
        #expect(Shard(index: index, of: of) == nil)
    }
}
