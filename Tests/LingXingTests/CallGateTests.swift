import Foundation
import JSON
import PartnerHTTP
import PartnerTestSupport
import Testing

@testable import LingXing

@Suite("The gate keeps LingXing's limits")
struct CallGateTests {
    private let time = SteppedClock()

    private func gate(gap: Double = 0.6) -> LocalCallGate { LocalCallGate(minimumGap: .seconds(gap), clock: time.clock) }

    @Test("as many calls at once as the path allows, the next when one is over")
    func capacity() async throws {
        let gate = gate(gap: 0)
        let far = time.instant(1000)
        var slots: [CallSlot] = []
        for _ in 0..<10 { slots.append(try await gate.enter(.createOrders, by: far)) }
        #expect(Set(slots.map(\.index)) == Set(0..<10))
        async let next = gate.enter(.createOrders, by: far)
        #expect(await eventually { await gate.waiting(.createOrders) == 1 })
        await gate.leave(slots[4], .over)
        let slot = try await next
        #expect(slot.index == 4)
        // A slot given back twice is not freed under its new holder.
        await gate.leave(slots[4], .over)
        async let another = gate.enter(.createOrders, by: far)
        #expect(await eventually { await gate.waiting(.createOrders) == 1 })
        await gate.leave(slot, .over)
        #expect(try await another.index == 4)
    }

    @Test("paths do not wait for each other")
    func paths() async throws {
        let gate = gate()
        _ = try await gate.enter(.wmsOrders, by: time.instant(10))
        _ = try await gate.enter(.inventory, by: time.instant(10))
    }

    @Test("starts on one path keep their distance, even when slots are free")
    func gap() async throws {
        let gate = gate()
        _ = try await gate.enter(.listOrders, by: time.instant(10))
        let next = Task { try await gate.enter(.listOrders, by: time.instant(10)) }
        #expect(await eventually { await gate.waiting(.listOrders) == 1 })
        time.advance(to: 0.5)
        #expect(await gate.waiting(.listOrders) == 1)
        time.advance(to: 0.6)
        #expect(try await next.value.index == 1)
    }

    @Test("after an aborted call its slot stays taken for two minutes")
    func aborted() async throws {
        let gate = gate()
        let slot = try await gate.enter(.wmsOrders, by: time.instant(10))
        time.advance(to: 5)
        await gate.leave(slot, .aborted)
        let next = Task { try await gate.enter(.wmsOrders, by: time.instant(1000)) }
        #expect(await eventually { await gate.waiting(.wmsOrders) == 1 })
        time.advance(to: 124)
        #expect(await gate.waiting(.wmsOrders) == 1)
        time.advance(to: 125)
        #expect(try await next.value.index == 0)
    }

    @Test("first come, first served")
    func order() async throws {
        let gate = gate(gap: 0)
        var slot = try await gate.enter(.wmsOrders, by: time.instant(1000))
        var waiting: [Task<CallSlot, any Error>] = []
        for count in 1...5 {
            waiting.append(Task { try await gate.enter(.wmsOrders, by: time.instant(1000)) })
            #expect(await eventually { await gate.waiting(.wmsOrders) == count })
        }
        for task in waiting {
            await gate.leave(slot, .over)
            let next = try await task.value
            #expect(next.ticket > slot.ticket)
            slot = next
        }
    }

    @Test("waiting ends with the deadline, or with the task")
    func impatience() async throws {
        let gate = gate()
        let slot = try await gate.enter(.wmsOrders, by: time.instant(10))
        let late = Task { try await gate.enter(.wmsOrders, by: time.instant(10)) }
        let cancelled = Task { try await gate.enter(.wmsOrders, by: time.instant(1000)) }
        let patient = Task { try await gate.enter(.wmsOrders, by: time.instant(1000)) }
        #expect(await eventually { await gate.waiting(.wmsOrders) == 3 })
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        time.advance(to: 10)
        await #expect(throws: CallGateTimeout.self) { try await late.value }
        await gate.leave(slot, .over)
        #expect(try await patient.value.index == 0)
    }
}

@Suite("Calls and their slots")
struct CallSlotTests {
    private func fixture(_ gate: RecordingGate, _ reply: ScriptedLingXing.Reply) throws -> (LingXingClient, ClientFixture) {
        let fixture = try ClientFixture { _, _ in reply }
        let client = LingXingClient(
            settings: fixture.client.settings, tokens: fixture.store, gate: gate, transport: fixture.transport,
            clock: fixture.time.clock)
        return (client, fixture)
    }

    @Test(
        "every attempt takes a slot and gives it back as it ended",
        arguments: [
            (.json(["code": 0, "data": ["success_num": 1]]), [.over]), (.code("102"), [.over]), (.text("", status: 502), [.over]),
            (.lost, [.aborted]), (.code("3001008"), [.over, .over, .over, .over]),
            (.notConnected, [.over, .over, .over, .over]),
        ] as [(ScriptedLingXing.Reply, [CallEnd])])
    func ends(reply: ScriptedLingXing.Reply, expected: [CallEnd]) async throws {
        let gate = RecordingGate()
        let (client, fixture) = try fixture(gate, reply)
        _ = try? await client.cancelOrders(["G"], permit: fixture.permit)
        #expect(await gate.ends == expected)
        #expect(await gate.entered == expected.count)
    }

    @Test("without a slot nothing is sent")
    func closed() async throws {
        let gate = RecordingGate(isOpen: false)
        let (client, fixture) = try fixture(gate, .lost)
        let error = await #expect(throws: PartnerError.self) { try await client.cancelOrders(["G"], permit: fixture.permit) }
        #expect(error?.kind == .notExecuted && error?.code == PartnerError.Code.noSlot)
        let read = await #expect(throws: PartnerError.self) { try await client.inventory(wid: "1") }
        #expect(read?.kind == .unavailable)
        #expect(fixture.transport.requests.isEmpty)
    }

    @Test("a slot that came after the permission had ended is given back unused")
    func tooLate() async throws {
        let gate = RecordingGate()
        let (client, fixture) = try fixture(gate, .lost)
        await gate.whenEntered { fixture.time.advance(by: .seconds(500)) }
        let error = await #expect(throws: PartnerError.self) { try await client.cancelOrders(["G"], permit: fixture.permit) }
        #expect(error?.kind == .notExecuted && error?.code == PartnerError.Code.deadlinePassed)
        #expect(await gate.ends == [.over])
        #expect(fixture.transport.requests.isEmpty)
    }
}

private actor RecordingGate: CallGate {
    private let isOpen: Bool
    private var hook: @Sendable () -> Void = {}
    private(set) var entered = 0
    private(set) var ends: [CallEnd] = []

    init(isOpen: Bool = true) { self.isOpen = isOpen }

    func whenEntered(_ hook: @escaping @Sendable () -> Void) { self.hook = hook }

    func enter(_ endpoint: LingXingEndpoint, by deadline: ContinuousClock.Instant) throws -> CallSlot {
        guard isOpen else { throw CallGateTimeout() }
        entered += 1
        hook()
        return CallSlot(endpoint: endpoint, index: 0, ticket: Int64(entered))
    }

    func leave(_ slot: CallSlot, _ end: CallEnd) { ends.append(end) }
}
