import Domain
import FoundationEssentials
import Pipeline
import PostgreSQL
import StageRunner
import Store
import Testing

@Suite("A row that cannot be read or written stands alone", .timeLimit(.minutes(2)))
struct OrderRunAloneTests {
    @Test(
        "An unreadable row is put off with its reason, to a person in the end, and the others go on",
        arguments: ["hold_reason = 'of_tomorrow'", "accepted_holds = '[{\"reason\":\"of_tomorrow\"}]'", "fulfilment = '[]'"])
    func unreadable(_ damage: String) async throws {
        try await Belt.run { belt in
            belt.configure { $0.retry.attempts = 2 }
            for id in ["1", "bad", "2"] { try await belt.put(id) }
            try await belt.query("update dsco_order_sync set \(unescaped: damage) where order_key = 'bad'")
            try await belt.run()
            for id in ["1", "2"] { #expect(try await belt.order(id).status == .acknowledged) }

            func bad() async throws -> PostgresRow {
                try #require(
                    try await belt.pool.query(
                        """
                        select attempts, last_error_code, nullif(next_attempt, 'infinity') as next_attempt, hold_reason, status,
                               next_attempt = 'infinity' as is_over
                        from dsco_order_sync where order_key = 'bad'
                        """
                    ).first)
            }
            #expect(try await bad().decode("attempts", as: Int.self) == 1)
            #expect(try await bad().decode("last_error_code", as: String?.self) == "row_unreadable")
            #expect(try await bad().decode("next_attempt", as: Date.self) == belt.now.addingTimeInterval(60))
            belt.pass(60)
            try await belt.run()
            #expect(try await bad().decode("hold_reason", as: String?.self) != nil)
            #expect(try await bad().decode("status", as: Int.self) == 2)
            let events = try await belt.pool.query("select kind from order_event where order_key = 'bad'")
            #expect(try events.map { try $0.decode("kind", as: String.self) } == ["failed", "failed"])
            #expect(try await bad().decode("is_over", as: Bool.self))
        }
    }

    @Test("An intent that the database refuses concerns its order alone")
    func refusedIntent() async throws {
        try await Belt.run { belt in
            for id in ["1", "bad", "2", "3"] { try await belt.put(id) }
            // Too long for the index of live rows.
            let key = String((0..<20_000).map { _ in "abcdefghijklmnopqrstuvwxyz0123456789".randomElement() ?? "x" })
            belt.partner.with { $0.keys["bad"] = [key] }
            try await belt.run()
            for id in ["1", "2", "3"] { #expect(try await belt.order(id).status == .acknowledged) }
            let bad = try await belt.order("bad")
            #expect((bad.status, bad.attempts, bad.lastError?.code) == (.pushed, 1, "not_stored"))
            #expect(try await belt.ledger("bad").isEmpty)
            #expect(belt.partner.with(\.sent) == ["1/ack", "2/ack", "3/ack"])
        }
    }

    @Test("An effect with U+0000 is neither written nor sent, and concerns its order alone")
    func nul() async throws {
        try await Belt.run { belt in
            for id in ["1", "bad"] { try await belt.put(id) }
            belt.partner.with { $0.keys["bad"] = ["a\u{0}b"] }
            try await belt.run()
            #expect(try await belt.order("1").status == .acknowledged)
            let bad = try await belt.order("bad")
            #expect((bad.status, bad.attempts, bad.lastError?.code) == (.pushed, 1, "undecided"))
            #expect(belt.partner.with(\.sent) == ["1/ack"])
        }
    }

    @Test(
        "Two orders that take one outgoing number in the same moment: one goes, the other is left alone",
        arguments: [true, false])
    func sameNumber(_ isSameRun: Bool) async throws {
        try await Belt.run { belt in
            for id in ["1", "2", "3"] { try await belt.put(id, named: false) }
            if isSameRun {
                try await belt.query("update dsco_order_sync set po_number = 'PO-1' where order_key = '2'")
                var twin = Decided<ProbeEffect>(.send([ProbeEffect(order: "2", key: "ack")]))
                twin.learned.identity = OutgoingIdentity(number: "PO-1", idType: .poNumber, storeID: "S")
                let decided = twin
                belt.partner.with { $0.decisions["2"] = decided }
            } else {
                // Whoever takes it is not seen by the look before the insert, only by the unique index.
                try await belt.query(
                    """
                    create function steal() returns trigger language plpgsql as $$ begin
                      if new.order_key = '2' and new.outgoing_number is not null then raise unique_violation; end if; return new; end $$
                    """)
                try await belt.query(
                    "create trigger steal before update on dsco_order_sync for each row execute function steal()")
            }
            try await belt.run()
            #expect(try await belt.order("1").status == .acknowledged)
            #expect(try await belt.order("3").status == .acknowledged)
            #expect(try await belt.order("2").status == .pushed)
            #expect(try await belt.order("2").attempts == 0)
            #expect(try await belt.ledger("2").isEmpty)
        }
    }

    @Test("A result that the database refuses keeps its ledger row and the order's step; the others' are whole")
    func refusedResult() async throws {
        try await Belt.run { belt in
            for id in ["1", "bad", "2"] { try await belt.put(id) }
            try await belt.query(
                """
                create function refuse() returns trigger language plpgsql as $$ begin
                  if new.order_key = 'bad' and new.text like 'ack ack%' then raise exception 'no' using errcode = '22000'; end if;
                  return new; end $$
                """)
            try await belt.query("create trigger refuse before insert on order_event for each row execute function refuse()")
            try await belt.run()
            for id in ["1", "2", "bad"] {
                #expect(try await belt.order(id).status == .acknowledged)
                #expect(try await belt.ledger(id) == ["ack confirmed 1"])
            }
            #expect(try await belt.kinds("1").suffix(2) == ["confirmed", "advanced"])
            #expect(try await belt.kinds("bad").suffix(2) == ["failed", "advanced"])
        }
    }
}
