import Foundation
import JSON
import PartnerHTTP
import PartnerTestSupport
import Testing

@testable import LingXing

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

    @Test(
        "a call that was frozen until its slot may be somebody else's is not made, a read as little as a write; one in time ends with the slot",
        arguments: [(119, true), (120, false)])
    func frozen(seconds: Int, isMade: Bool) async throws {
        let gate = RecordingGate()
        let (client, fixture) = try fixture(gate, .json(["code": 0, "data": []]))
        let end = fixture.time.now + CallSlot.abortedHold
        await gate.keepSlots(until: end)
        await gate.whenEntered { fixture.time.advance(by: .seconds(seconds)) }
        let read = await #expect(throws: PartnerError.self) {
            _ = try await client.inventory(wid: "1")
            throw PartnerError(.lingXing, .bug, call: "none")
        }
        #expect(read?.code == (isMade ? nil : PartnerError.Code.deadlinePassed))
        #expect(fixture.transport.requests.map(\.request.deadline) == (isMade ? [end] : []))
        #expect(await gate.ends == [.over])
    }
}

private actor RecordingGate: CallGate {
    private let isOpen: Bool
    private var end: ContinuousClock.Instant?
    private var hook: @Sendable () -> Void = {}
    private(set) var entered = 0
    private(set) var ends: [CallEnd] = []

    init(isOpen: Bool = true) { self.isOpen = isOpen }

    func keepSlots(until end: ContinuousClock.Instant) { self.end = end }

    func whenEntered(_ hook: @escaping @Sendable () -> Void) { self.hook = hook }

    func enter(_ endpoint: LingXingEndpoint, by deadline: ContinuousClock.Instant) throws -> CallSlot {
        guard isOpen else { throw CallGateTimeout() }
        entered += 1
        hook()
        return CallSlot(endpoint: endpoint, index: 0, ticket: Int64(entered), end: end)
    }

    func leave(_ slot: CallSlot, _ end: CallEnd) { ends.append(end) }
}
