import Domain
import FoundationEssentials
import JSON
import PostgreSQL
import Store
import TestSupport
import Testing

@Suite("The ledger and hostile texts")
struct HostileLedgerTests {
    @Test("an effect with U+0000 in a text does not keep the batch from being written")
    func nul() async throws {
        var shipment = Shipment(
            dscoOrderID: "1001", poNumber: "PO-1", trackingNumber: "T-1", outboundNumbers: ["WO\0"], shipDate: Samples.noon,
            lines: [])
        shipment.carrier = "FED\0EX\u{1B}[2J\u{202E}"
        let text = LedgerCoding.text(shipment)
        #expect(!text.utf8.contains(0) && !text.contains("\\u0000"))
        #expect(try LedgerCoding.effect(text, as: Shipment.self).carrier == "FEDEX\u{1B}[2J\u{202E}")
        try await withTestDatabase { database in
            let session = try await database.connect()
            let rows = try await session.query(
                "select x.effect::json from unnest(\([text])) as x (effect)"
            )
            #expect(rows.count == 1)
            await session.close()
        }
    }
}
