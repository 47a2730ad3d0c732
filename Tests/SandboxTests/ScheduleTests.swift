import Foundation
import Testing

@testable import Sandbox

@Suite("The schedule")
struct ScheduleTests {
    @Test("gives what is due by time, then by the order of planning, and nothing early")
    func order() {
        var schedule = Schedule<Int>()
        let start = Date(timeIntervalSince1970: 0)
        let times = [5, 1, 3, 3, 2, 9, 1, 3]
        for (index, time) in times.enumerated() { schedule.plan(index, at: start + Double(time)) }
        var due: [Int] = []
        while let next = schedule.next(dueAt: start + 5) { due.append(next.event) }
        #expect(due == [1, 6, 4, 2, 3, 7, 0])
        #expect(schedule.next(dueAt: start + 8.9) == nil)
        #expect(schedule.next(dueAt: start + 9)?.event == 5)
    }
}
