import Testing

@testable import Observability

@Suite("A listen address")
struct ListenAddressTests {
    @Test(
        "is host:port",
        arguments: [
            ("127.0.0.1:8080", "127.0.0.1", 8080), ("0.0.0.0:0", "0.0.0.0", 0), ("localhost:65535", "localhost", 65535),
            ("[::1]:80", "::1", 80),
        ])
    func valid(text: String, host: String, port: Int) throws {
        let address = try ListenAddress(parsing: text)
        #expect(address == ListenAddress(host: host, port: port))
        #expect(address.description == text)
    }

    @Test(
        "is refused with words that name it",
        arguments: [
            "", "8080", ":8080", "localhost", "localhost:", "localhost:http", "host:65536", "host:-1", "::1:80", "a b:80",
        ])
    func invalid(text: String) throws {
        let fault = #expect(throws: ListenAddress.Fault.self) { try ListenAddress(parsing: text) }
        #expect(fault?.description.isEmpty == false)
    }
}
