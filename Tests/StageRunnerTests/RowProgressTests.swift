import Domain
import FoundationEssentials
import PartnerHTTP
import Pipeline
import Testing

@testable import StageRunner
@testable import Store

/// Reads like design 7.3 and 7.4. The deadline is at 0, settling takes 100 seconds.
@Suite("How far one effect has come")
struct RowProgressTests {
    private let deadline = Date(timeIntervalSince1970: 1_767_268_800)
    private let settling: TimeInterval = 100
    private let failure = Failure(code: "E1", words: "no")

    private func at(_ seconds: TimeInterval) -> Date { deadline.addingTimeInterval(seconds) }

    private func progress(_ state: SubmissionState, looks: Int = 0, sent: Date? = nil) -> RowProgress {
        var row = StoredSubmission(
            IntendedRow(id: 1, order: OrderKey(rawValue: "1"), key: "k"), stage: .ship, runID: UUID(), deadline: deadline)
        row.state = state
        row.absentLooks = looks
        row.sentAt = sent
        return RowProgress(row)
    }

    @Test("An acceptance is not a success")
    func accepted() {
        var row = progress(.intended)
        row.take(.accepted(requestID: "r"), now: at(-50))
        #expect((row.row.state, row.row.requestID, row.row.sentAt) == (.accepted, "r", at(-50)))
        #expect(row.isOpen)
    }

    @Test("A confirmation closes the row with what was learned")
    func confirmed() {
        var row = progress(.intended)
        row.take(.confirmed(Learned(lingXingOrderNumbers: ["L1"])), now: at(-50))
        #expect(row.row.state == .confirmed)
        #expect(row.isConfirmed)
        #expect(row.learned.lingXingOrderNumbers == ["L1"])
    }

    @Test("A refusal counts only once the object was read: until then the row is stored as unknown")
    func refused() {
        var row = progress(.intended)
        row.take(.refused(failure), now: at(-50))
        #expect(row.provisionalChange.state == .unknown)
        #expect((row.change.state, row.change.code, row.change.words) == (.rejected, "E1", "no"))
    }

    @Test("What a look at the object makes of a refusal")
    func verified() {
        for (finding, state) in [
            (Finding.present(Learned()) as Finding?, SubmissionState.confirmed), (.absent, .rejected),
            (.ambiguous("x"), .rejected), (.orderCancelled(nil), .rejected), (nil, .unknown),
        ] {
            var row = progress(.accepted)
            row.take(StageRunner.Confirmation.refused(failure))
            row.verifyRefusal(finding)
            #expect(row.row.state == state)
            #expect(row.isOpen == (state == .unknown))
        }
    }

    @Test("A look meant for refusals changes nothing else")
    func onlyRefusals() {
        for state in [SubmissionState.intended, .accepted, .unknown] {
            var row = progress(state)
            row.verifyRefusal(.present(Learned()))
            #expect(row.row.state == state)
        }
    }

    @Test("Proven not executed: the row is closed as never sent")
    func notExecuted() {
        var row = progress(.intended)
        let error = PartnerError(.dsco, .notExecuted, call: "POST /order/acknowledge", code: "throttled", words: "later")
        row.take(.notExecuted(error), now: at(-50))
        #expect((row.row.state, row.row.sentAt) == (.rejected, nil))
        #expect(row.failure == Failure(code: "throttled", words: "later"))
        #expect(row.provisionalChange.state == .rejected)
    }

    @Test("No answer is a doubt")
    func unknown() {
        var row = progress(.intended)
        row.take(.unknown(failure), now: at(-50))
        #expect((row.row.state, row.row.sentAt) == (.unknown, at(-50)))
        #expect(row.isOpen)
    }

    @Test(
        "The change log's word",
        arguments: [
            (StageRunner.Confirmation.confirmed, SubmissionState.confirmed),
            (.refused(Failure(code: "E1", words: "no")), .rejected), (.missing, .unknown),
        ])
    func log(_ confirmation: StageRunner.Confirmation, _ state: SubmissionState) {
        var row = progress(.accepted)
        row.take(confirmation)
        #expect(row.row.state == state)
    }

    @Test(
        "Absence counts only after deadline and settling",
        arguments: [
            (SubmissionState.unknown, 0.0, 0), (.unknown, 99.9, 0), (.unknown, 100, 1), (.intended, 100, 1), (.accepted, 1200, 1),
            (.accepted, 50, 0),
        ])
    func absent(_ state: SubmissionState, _ now: TimeInterval, _ looks: Int) {
        var row = progress(state)
        row.take(Finding.absent, settling: settling, now: at(now))
        #expect(row.row.absentLooks == looks)
        #expect(row.row.absentAt == (looks > 0 ? at(now) : nil))
        #expect(row.row.state == (state == .accepted ? .unknown : state))
        #expect(row.isOpen)
    }

    @Test("Two looks make certain; before that nothing is sent again")
    func twoLooks() {
        var row = progress(.unknown)
        row.take(Finding.absent, settling: settling, now: at(100))
        #expect(!row.isLacking)
        // Asked again in the same breath, as by a person: one cache may have answered both.
        row.take(Finding.absent, settling: settling, now: at(124))
        #expect(!row.isLacking)
        row.take(Finding.absent, settling: settling, now: at(125))
        #expect(row.isLacking)
        #expect(row.row.state.isOpen)
    }

    @Test("A cancelled order's effect takes as long to be lacking as any; then it is over")
    func orderCancelled() {
        var row = progress(.unknown)
        for (seconds, isOver) in [(0.0, false), (99, false), (100, false), (124, false), (125, true)] {
            row.take(Finding.orderCancelled(nil), settling: settling, now: at(seconds))
            #expect(row.isOrderCancelled == isOver)
            #expect(row.row.state == (isOver ? .rejected : .unknown))
        }
        #expect(row.timeline(.ack).map(\.kind) == [.lacking])
    }

    @Test("What the partner refused because the order is cancelled is over at once, with its words")
    func refusedAsCancelled() {
        var row = progress(.unknown)
        row.take(Finding.orderCancelled(failure), settling: settling, now: at(0))
        #expect(row.isOrderCancelled && row.row.state == .rejected)
        #expect(row.refusal == failure)
        #expect(row.timeline(.ack).map(\.text) == ["ack k: E1 no"])
    }

    @Test("An effect that is there is confirmed at any look, and something like it is for a person")
    func present() {
        var row = progress(.unknown, looks: 1)
        row.take(Finding.present(Learned()), settling: settling, now: at(0))
        #expect(row.isConfirmed)
        var other = progress(.accepted)
        other.take(Finding.ambiguous("3 units"), settling: settling, now: at(0))
        #expect(other.isAmbiguous)
        #expect(other.row.state == .unknown)
    }

    @Test(
        "An accepted effect waits twelve times the settling time for its log row",
        arguments: [
            (SubmissionState.accepted, 1199.0, false), (.accepted, 1200, true), (.unknown, 5000, false), (.intended, 5000, false),
        ])
    func overdue(_ state: SubmissionState, _ now: TimeInterval, _ overdue: Bool) {
        #expect(progress(state, sent: deadline).logIsOverdue(settling: settling, now: at(now)) == overdue)
    }

    @Test(
        "When it is looked at next",
        arguments: [
            // Accepted: its log row comes soon. In doubt: not before the deadline, then after settling, then once more.
            (SubmissionState.accepted, 0, -50.0, -50.0 + 100.0 / 12), (.unknown, 0, -50, 0), (.intended, 0, -50, 0),
            (.unknown, 0, 0, 100),
            (.unknown, 0, 40, 100), (.unknown, 0, 150, 151), (.unknown, 1, 100, 125), (.intended, 1, 200, 225),
        ])
    func nextLook(_ state: SubmissionState, _ looks: Int, _ now: TimeInterval, _ next: TimeInterval) {
        let look = progress(state, looks: looks).nextLook(settling: settling, now: at(now))
        #expect(abs(look.timeIntervalSince(at(next))) < 0.001)
    }

    @Test(
        "The longer a log has been silent the more seldom it is asked, and never more seldom than settling takes",
        arguments: [(0, 100.0 / 12), (33, 100.0 / 12), (100, 25), (380, 95), (1000, 100)] as [(TimeInterval, TimeInterval)])
    func silence(_ silence: TimeInterval, _ pause: TimeInterval) {
        var row = progress(.accepted, sent: at(0))
        // Without a look nothing is known of its silence.
        #expect(abs(row.nextLook(settling: settling, now: at(silence)).timeIntervalSince(at(silence + 100.0 / 12))) < 0.001)
        row.take(StageRunner.Confirmation.pending)
        #expect(abs(row.nextLook(settling: settling, now: at(silence)).timeIntervalSince(at(silence + pause))) < 0.001)
    }

    @Test("Pauses between looks are at most half a minute and at least a second", arguments: [(10_000.0, 30.0), (0.1, 1)])
    func pauses(_ settling: TimeInterval, _ pause: TimeInterval) {
        #expect(progress(.accepted).nextLook(settling: settling, now: at(1)) == at(1 + pause))
        #expect(progress(.unknown, looks: 1).nextLook(settling: settling, now: at(1)) == at(1 + pause))
    }
}

extension RowProgress {
    var isOpen: Bool { if case .open = result { true } else { false } }
}
