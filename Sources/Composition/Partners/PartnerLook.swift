import AsyncHTTPClient
import DSCO
import Domain
import LingXing
import PartnerHTTP
package import PostgreSQL
package import Store

/// What the partners show of an order, before a person decides over it (design 7.6).
package struct PartnerLook: Sendable {
    /// A person waits for it.
    private static let patience = Duration.seconds(15)

    private let reader: SettingsReader
    private let pool: PostgresPool

    package init(_ reader: SettingsReader, _ pool: PostgresPool) {
        self.reader = reader
        self.pool = pool
    }

    /// One line for the order's timeline; a partner whose settings are missing, or who does not answer, is said not to have been looked at.
    package func findings(on order: OrderView) async -> String {
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: AsyncHTTPTransport.configuration())
        async let dsco = said("DSCO") { try await atDSCO(order, http) }
        async let lingXing = said("LingXing") { try await atLingXing(order, http) }
        let findings = await "\(dsco); \(lingXing)"
        try? await http.shutdown()
        return findings
    }

    private func said(_ partner: String, _ look: () async throws -> String) async -> String {
        do {
            return "\(partner): \(try await look())"
        } catch is SettingError {
            return "\(partner): not looked at, its settings are not set here"
        } catch {
            return "\(partner): could not be looked at (\(error))"
        }
    }

    private func atDSCO(_ order: OrderView, _ http: HTTPClient) async throws -> String {
        let lookup: OrderLookup = order.dscoOrderID.map { .dscoOrderID($0) } ?? .poNumber(order.poNumber)
        let found = try await reader.dsco(http, pool: pool).orders(by: lookup, deadline: .now + Self.patience)
        guard let first = found.first else { return "no such order" }
        let seen = try first.decoded().get()
        let tracking = seen.packages.compactMap(\.trackingNumber)
        return [
            seen.dscoStatus?.rawValue ?? "no status", seen.lifecycle?.rawValue ?? "no lifecycle",
            tracking.isEmpty ? "no package" : "tracking \(tracking.joined(separator: ", "))",
        ].joined(separator: ", ")
    }

    private func atLingXing(_ order: OrderView, _ http: HTTPClient) async throws -> String {
        guard let number = order.outgoingNumber else { return "nothing was sent there yet" }
        let rows = try await reader.lingXing(http, pool: pool).listOrders(
            numbers: [number], storeIDs: order.storeID.map { [$0] } ?? [], permit: .now + Self.patience)
        let seen =
            rows.readable.map { "\($0.globalOrderNo) at status \($0.rawStatus)\($0.isDeleted ? ", deleted" : "")" }
            + rows.unreadable.map { "\($0.globalOrderNo ?? "a row") that cannot be read" }
        return seen.isEmpty ? "no such order" : seen.joined(separator: ", ")
    }
}
