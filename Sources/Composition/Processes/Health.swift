import Observability
import PostgreSQL
import RabbitMQ
import Store

extension HealthCheck {
    /// What must be fine before a process is ready (design 3): broker, database and migrations.
    static func all(
        pool: PostgresPool, publisher: RabbitMQPublisher, consumer: RabbitMQConsumer?, migrator: Migrator
    ) -> [HealthCheck] {
        [
            HealthCheck(name: "broker") {
                guard publisher.isConnected else { return .failing(reason: "the publishing connection is down") }
                guard consumer?.isConnected != false else {
                    return .failing(
                        reason: "not subscribed to the stage's queue, as while no runtime configuration is set (conveyor config)")
                }
                return .ok
            },
            HealthCheck(name: "database") {
                do {
                    try await Schema.check(pool, migrator)
                    return .ok
                } catch {
                    return .failing(reason: "\(error)")
                }
            },
        ]
    }
}
