import FoundationEssentials
import PostgreSQL
import Testing

@testable import Store

@Suite("How often a call is made by the whole fleet")
struct CallBudgetTests {
    private let second = CallBudgets.Bucket(burst: 3, interval: 0.5)
    private let minute = CallBudgets.Bucket(burst: 8, interval: 4)

    @Test("A burst at once, then one place an interval of the tighter bucket", .timeLimit(.minutes(1)))
    func places() async throws {
        try await StoreFixture.run { store in
            let budgets = CallBudgets(store.pool, partner: "dsco")
            var places: [Date] = []
            for _ in 1...40 {
                guard case .granted = try await reserve(budgets, patience: 1_000) else {
                    Issue.record("refused")
                    continue
                }
                places.append(try await store.pool.query("select granted_at from call_budget")[0].decode("granted_at"))
            }
            #expect(places == places.sorted())
            for (bucket, window) in [(second, 5.0), (minute, 60.0)] {
                let most = Double(bucket.burst) + window / bucket.interval
                for place in places {
                    let inside = places.count { $0 >= place && $0 < place.addingTimeInterval(window) }
                    #expect(Double(inside) <= most.rounded(.up))
                }
            }
            // And no slower than it must be.
            #expect(places[39].timeIntervalSince(places[0]) <= 4 * 40)
            #expect(places[2].timeIntervalSince(places[0]) < 0.5)
        }
    }

    @Test("Whoever asks at once gets a place of their own", .timeLimit(.minutes(1)))
    func concurrent() async throws {
        try await StoreFixture.run { store in
            let budgets = CallBudgets(store.pool, partner: "dsco")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 1...30 { group.addTask { _ = try await reserve(budgets, patience: 1_000) } }
                try await group.waitForAll()
            }
            let row = try await store.pool.query(
                "select extract(epoch from minute_full_at - granted_at)::float8 as lead, granted_at > now() + interval '80 s' as is_late from call_budget"
            )[0]
            // The last of thirty lies 22 intervals ahead, and the bucket is full again 8 later.
            #expect(abs(try row.decode("lead", as: Double.self) - 32) < 0.1)
            #expect(try row.decode("is_late", as: Bool.self))
        }
    }

    @Test("A place too far away is not taken, and said to be so", .timeLimit(.minutes(1)))
    func patience() async throws {
        try await StoreFixture.run { store in
            let budgets = CallBudgets(store.pool, partner: "dsco")
            for _ in 1...8 { _ = try await reserve(budgets, patience: 100) }
            for _ in 1...3 {
                guard case .refused(let retryAfter) = try await reserve(budgets, patience: 0.5) else {
                    Issue.record("granted")
                    continue
                }
                #expect(retryAfter > 0.5 && retryAfter <= 4)
            }
            guard case .granted(let delay) = try await reserve(budgets, patience: 100) else {
                Issue.record("refused")
                return
            }
            #expect(delay <= 4)
        }
    }

    @Test("Each call has its own")
    func perCall() async throws {
        try await StoreFixture.run { store in
            let budgets = CallBudgets(store.pool, partner: "dsco")
            for call in ["GET /order/", "GET /order/log", "POST /invoice"] {
                let reservation = try await budgets.reserve(call, second: second, minute: minute, patience: 0)
                #expect(reservation == .granted(after: 0))
            }
        }
    }

    private func reserve(_ budgets: CallBudgets, patience: TimeInterval) async throws -> CallBudgets.Reservation {
        try await budgets.reserve("GET /order/", second: second, minute: minute, patience: patience)
    }
}
