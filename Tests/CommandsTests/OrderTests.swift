import Foundation
import JSON
import PostgreSQL
import TestSupport
import Testing

@Suite("conveyor order, orders and status")
struct OrderTests {
    @Test("an order is found by either number, with its hold, effects and timeline")
    func show() async throws {
        try await withTestDatabase(migrated: true) { database in
            let session = try await database.connect()
            try await database.addOrder("PO-1", id: "9001", hold: "shop_unmapped", on: session)
            let shell = Shell(database)
            for name in ["PO-1", "9001"] {
                let order = try await shell("order", name, "--json").json()
                #expect(order["po_number"]?.string == "PO-1")
                #expect(order["status"]?.int == 1)
                #expect(order["hold"]?["reason"]?.string == "shop_unmapped")
                #expect(order["hold"]?["cure"]?.string?.contains("mapping.shop") == true)
                #expect(order["submissions"]?.array == [])
                #expect(order["events"]?.array == [])
            }
            #expect(await shell("order", "PO-1").output.contains("mapping.shop"))
            let chinese = await Shell(database, ["LANG": "zh_CN.UTF-8"])("order", "PO-1")
            #expect(chinese.output.contains("请在 mapping.shop 中映射"))
        }
    }

    @Test("an unknown order is not found, and how to fetch it is said")
    func unknown() async throws {
        try await withTestDatabase(migrated: true) { database in
            let shell = Shell(database)
            for line in [["order", "PO-X"], ["order", "PO-X", "hold", "--reason", "r"], ["replay", "push", "--po", "PO-X"]] {
                let result = await shell.run(line)
                #expect(result.status == 3)
                #expect(result.errors.contains("conveyor replay pull --po PO-X"))
                #expect(result.output.isEmpty)
            }
        }
    }

    @Test("an order that cannot be read is in status, and by its number, with the reason")
    func quarantined() async throws {
        try await withTestDatabase(migrated: true) { database in
            let session = try await database.connect()
            try await session.query(
                """
                insert into quarantined_payload (source, order_key, po_number, payload, digest, reason, first_seen, last_seen)
                values ('dsco order', '9001', 'PO-1', '\\x7b', 'd', 'quantity: not a number', now(), now())
                """)
            let shell = Shell(database)
            for name in ["PO-1", "9001"] {
                let result = await shell("order", name)
                #expect(result.status == 3 && result.output.isEmpty)
                #expect(result.errors.contains("quantity: not a number"))
            }
            #expect(await shell("status").output.contains("quantity: not a number"))
            #expect(try await shell("status", "--json").json()["unreadable"]?.array?.first?["order"]?.string == "PO-1")
        }
    }

    @Test("a number that several orders share is not guessed at")
    func shared() async throws {
        try await withTestDatabase(migrated: true) { database in
            let session = try await database.connect()
            try await database.addOrder("PO-1", id: "9001", on: session)
            try await database.addOrder("PO-1", id: "9002", on: session)
            let result = await Shell(database)("order", "PO-1")
            #expect(result.status == 1)
            #expect(result.errors.contains("conveyor order 9001"))
            #expect(result.errors.contains("conveyor order 9002"))
            #expect(await Shell(database)("order", "9002").status == 0)
        }
    }

    @Test("hold, release and set-status leave who and why in the timeline")
    func change() async throws {
        try await withTestDatabase(migrated: true) { database in
            let session = try await database.connect()
            try await database.addOrder("PO-1", id: "9001", status: 2, on: session)
            let shell = Shell(database)
            #expect(
                try await shell("order", "PO-1", "hold", "--reason", "wrong address", "--json").json()["result"]?.string == "done"
            )
            #expect(
                try await shell("order", "PO-1", "hold", "--reason", "again", "--json").json()["result"]?.string == "unchanged")
            #expect(try await shell("order", "PO-1", "--json").json()["hold"]?["reason"]?.string == "by_operator")
            #expect(await shell("order", "PO-1", "release", "--reason", "mended").status == 0)
            #expect(try await shell("order", "PO-1", "--json").json()["hold"] == .null)
            #expect(await shell("order", "PO-1", "set-status", "5", "--reason", "done by hand").status == 0)

            let order = try await shell("order", "PO-1", "--json").json()
            #expect(order["status"]?.int == 5)
            let events = order["events"]?.array ?? []
            #expect(events.allSatisfy { $0["by"]?.string == "ming" })
            let texts = events.compactMap { $0["text"]?.string }.joined(separator: "\n")
            for reason in ["wrong address", "mended", "done by hand", "not looked at"] { #expect(texts.contains(reason)) }
        }
    }

    @Test("orders are chosen by status and hold; the table says what cures them")
    func list() async throws {
        try await withTestDatabase(migrated: true) { database in
            let session = try await database.connect()
            try await database.addOrder("PO-1", hold: "shop_unmapped", on: session)
            try await database.addOrder("PO-2", hold: "in_doubt", on: session)
            try await database.addOrder("PO-3", status: 3, on: session)
            let shell = Shell(database)
            func numbers(_ arguments: String...) async throws -> Set<String> {
                Set(
                    try await shell.run(["orders", "--json"] + arguments).json().array?.compactMap { $0["po_number"]?.string }
                        ?? [])
            }
            #expect(try await numbers() == ["PO-1", "PO-2", "PO-3"])
            #expect(try await numbers("--status", "3") == ["PO-3"])
            #expect(try await numbers("--held") == ["PO-1", "PO-2"])
            #expect(try await numbers("--held", "in_doubt") == ["PO-2"])
            #expect(try await numbers("--limit", "1").count == 1)
            #expect(await shell("orders", "--held", "shop_unmapped").output.contains("mapping.shop"))
        }
    }

    @Test("status counts orders, and the queues as far as there is a broker")
    func status() async throws {
        try await withTestDatabase(migrated: true) { database in
            let session = try await database.connect()
            try await database.addOrder("PO-1", on: session)
            try await database.addOrder("PO-2", hold: "shop_unmapped", on: session)
            try await database.addRun(of: "t", stage: "push", state: "failed", on: session)
            let alone = try await Shell(database)("status", "--json").json()
            #expect(alone["orders"]?["1"]?.int == 2)
            #expect(alone["held"]?.int == 1)
            #expect(alone["quarantined"]?.int == 0)
            #expect(alone["stages"]?["push"]?["due"]?.int == 1)
            #expect(alone["stages"]?["push"]?["queue"] == .null)
            #expect(await Shell(database)("status").output.contains("failed: DSCO is down"))

            try await TestVhost.with { vhost in
                let shell = Shell(database, broker: vhost)
                #expect(await shell("tick", "push").status == 0)
                let status = try await shell("status", "--json").json()
                #expect(status["stages"]?["push"]?["queue"]?.int == 1)
                #expect(await shell("status").output.contains("1, no worker"))
            }
        }
    }
}
