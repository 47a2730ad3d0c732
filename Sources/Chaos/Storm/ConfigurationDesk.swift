import Domain
import FoundationEssentials
import PostgreSQL
import Sandbox
import Store

/// The operator who changes the runtime configuration in flight, several changes at a time, and takes each back.
actor ConfigurationDesk {
    private let base: RuntimeConfiguration
    private let store: RuntimeConfigurationStore
    private var changes: [Int: ConfigurationChange] = [:]
    private var next = 0
    /// Counts the changes, so that one which was overtaken is noticed.
    private var generation = 0

    init(_ base: RuntimeConfiguration, _ pool: PostgresPool) {
        self.base = base
        store = RuntimeConfigurationStore(pool)
    }

    /// Every job due each second, so that there is always something to interrupt.
    static func base(_ documents: Documents) throws -> RuntimeConfiguration {
        var configuration = try RuntimeConfiguration.parse(documents.runtimeConfiguration().bytes)
        for stage in Stage.allCases {
            configuration.jobs[stage]?.cron = stage == .stock ? "*/3 * * * * *" : "* * * * * *"
        }
        configuration.jobs[.pull]?.size = 100
        configuration.recheckSeconds = 10
        return configuration
    }

    /// Puts the configuration in force as it is without any change, or as it was.
    func putInForce() async throws {
        try await apply()
    }

    /// Makes a change for a while.
    func make(_ change: ConfigurationChange, seconds: Double) async throws {
        let number = next
        next += 1
        changes[number] = change
        try await apply()
        try? await Task.sleep(for: .seconds(seconds))
        changes[number] = nil
        try await apply()
    }

    /// Takes every change back.
    func restore() async throws {
        changes = [:]
        try await apply()
    }

    /// The database may be away: then again and again.
    private func apply() async throws {
        generation += 1
        while true {
            let current = generation
            let configuration = changes.sorted { $0.key < $1.key }.reduce(base) { $1.value.applied(to: $0) }
            do {
                _ = try await store.set(configuration, ifVersion: nil, by: "chaos", now: Date())
                if current == generation { return }
            } catch is CancellationError {
                throw CancellationError()
            } catch is PostgresError {
                try await Task.sleep(for: .milliseconds(300))
            }
        }
    }
}

extension ConfigurationChange {
    func applied(to configuration: RuntimeConfiguration) -> RuntimeConfiguration {
        var new = configuration
        switch self {
        case .shards(let stage, let count): new.jobs[stage]?.shards = count
        case .withoutShop(let index):
            let retailers = configuration.mapping.shop.keys.sorted()
            // One at least stays: an empty mapping is a fault of its own.
            if retailers.count > 1 { new.mapping.shop[retailers[index % retailers.count]] = nil }
        case .identityByDSCOOrderID: new.identity = .dscoOrderID
        case .retry(let base, let max):
            new.retry.baseSeconds = base
            new.retry.maxSeconds = max
        case .writeOff(let stage):
            switch stage {
            case .push: new.push.write = false
            case .ack: new.ack.write = false
            case .ship: new.ship.write = false
            case .invoice: new.invoice.write = false
            case .stock: new.stock.write = false
            case .pull: break
            }
        case .allPackages: new.ship.packages = .all
        }
        return new
    }
}
