import Testing

@testable import RabbitMQ

@Suite struct `The ledger of confirms` {
    private static func ledger() -> ConfirmLedger<String> {
        var ledger = ConfirmLedger<String>()
        for entry in ["a", "b", "c", "d", "e"] { ledger.append(entry) }
        return ledger
    }

    @Test func `takes one message by its tag, in any order`() {
        var ledger = Self.ledger()
        #expect(ledger.take(3, multiple: false) == ["c"])
        #expect(ledger.take(1, multiple: false) == ["a"])
        #expect(ledger.take(3, multiple: false) == [])
        #expect(ledger.count == 3)
    }

    @Test func `takes all up to a tag, without those taken before`() {
        var ledger = Self.ledger()
        _ = ledger.take(2)
        #expect(ledger.take(4, multiple: true) == ["a", "c", "d"])
        #expect(ledger.take(4, multiple: true) == [])
        #expect(ledger.take(5, multiple: true) == ["e"])
    }

    @Test func `knows no tag that was not sent`() {
        var ledger = Self.ledger()
        #expect(ledger.take(6, multiple: true) == [])
        #expect(ledger.take(0, multiple: true) == [])
        #expect(ledger.take(99, multiple: false) == [])
        #expect(ledger.count == 5)
    }

    @Test func `takes by condition, oldest first, and numbers on`() {
        var ledger = Self.ledger()
        #expect(ledger.take { $0 != "c" } == ["a", "b", "d", "e"])
        ledger.append("f")
        #expect(ledger.take(6) == "f")
        #expect(ledger.take(5, multiple: true) == ["c"])
    }
}

@Suite struct `The pause before a reconnect` {
    @Test(arguments: [(1, 250), (2, 500), (3, 1000), (4, 2000), (60, 2000)])
    func `doubles up to a limit and is spread over its upper half`(failures: Int, milliseconds: Int) {
        #expect(ReconnectPolicy.exponential(random: { 0 }).delay(failures) == .milliseconds(milliseconds) / 2)
        #expect(ReconnectPolicy.exponential(random: { 1 }).delay(failures) == .milliseconds(milliseconds))
    }
}

@Suite struct `The queue of waiting messages` {
    @Test func `gives them back in order, however many came and went`() {
        var queue = FIFO<Int>()
        var taken: [Int] = []
        for number in 0..<1000 {
            queue.append(number)
            if number % 3 != 0, let first = queue.popFirst() { taken.append(first) }
        }
        #expect(queue.take { $0 % 2 == 1 } == (taken.count..<1000).filter { $0 % 2 == 1 })
        while let first = queue.popFirst() { taken.append(first) }
        #expect(taken == Array(0..<666) + (666..<1000).filter { $0 % 2 == 0 })
        #expect(queue.isEmpty)
    }
}
