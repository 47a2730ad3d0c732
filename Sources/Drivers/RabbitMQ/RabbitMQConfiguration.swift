/// Where the broker is, who we are, and how long to wait for it.
package struct RabbitMQConfiguration: Sendable {
    /// How to check the broker's certificate.
    package struct TLS: Sendable, Hashable {
        /// PEM file with the certificate authorities to trust.
        package var certificateAuthorities = "/etc/ssl/certs/ca-certificates.crt"
        /// Whether the certificate and its host name are checked. Off only by `verify=verify_none` in the URL.
        package var verifiesPeer = true
    }

    package var host: String
    package var port: Int
    package var vhost: String
    package var user: String
    var password: String
    /// `nil` for plain TCP.
    package var tls: TLS?
    /// Shown in the management pages.
    package var connectionName: String
    /// Seconds of silence after which each side checks on the other. Two to three times that end the connection: a frozen worker's message
    /// is handed to another within nine seconds.
    package var heartbeat = 3
    /// For reaching the host, and again for TLS and login.
    package var connectTimeout: Duration = .seconds(5)
    /// For one request to the broker, such as a declaration.
    package var rpcTimeout: Duration = .seconds(10)
    /// For one publish, from the call to the broker's confirm, with any wait for a connection or for an alarm to end.
    package var publishTimeout: Duration = .seconds(15)

    /// `host:port`, for logs and errors.
    package var address: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

extension RabbitMQConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "\(tls == nil ? "amqp" : "amqps")://\(address), virtual host \(vhost)" }
    package var debugDescription: String { description }
    /// Keeps the password out of `dump` and of test failure messages.
    package var customMirror: Mirror { Mirror(self, children: ["broker": description]) }
}
