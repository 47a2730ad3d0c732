package import RabbitMQ

extension SettingsReader {
    /// For programs that do without the broker: `nil` where `AMQP_URL` is not set.
    package func brokerIfSet(connectionName: String) throws(SettingError) -> RabbitMQConfiguration? {
        guard try string(.amqpURL) != nil else { return nil }
        return try broker(connectionName: connectionName)
    }
}
