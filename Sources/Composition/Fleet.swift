package import DSCO
package import Domain
package import FoundationEssentials
import LingXing
package import Logging
import Observability
package import PostgreSQL
package import RabbitMQ
package import StageRunner
package import Store

/// What every working process of Conveyor is made of: the database, the broker and the runtime configuration.
struct Fleet: Sendable {
    let settings: ProcessSettings
    let reader: SettingsReader
    let database: PostgresConfiguration
    let pool: PostgresPool
    let publisher: RabbitMQPublisher
    let broker: RabbitMQConfiguration
    let configuration: RuntimeConfigurationCache
    let logger: Logger

    init(_ reader: SettingsReader, name: String, logger: Logger) throws {
        settings = try ProcessSettings(reader)
        self.reader = reader
        self.logger = logger
        database = try reader.database(applicationName: name)
        broker = try reader.broker(connectionName: name)
        pool = PostgresPool(configuration: database, size: 3, logger: logger)
        publisher = RabbitMQPublisher(configuration: broker, topology: .conveyor, logger: logger)
        configuration = RuntimeConfigurationCache(database: database, logger: logger)
    }
}
